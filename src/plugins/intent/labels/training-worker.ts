/** A thread that trains a team's classifier: seconds of arithmetic that the server's own thread does not wait for. */
import { serve } from '#core/runtime/thread.ts';
import { encodeClassifier, trainTeamClassifier } from './team-classifier.ts';
import type { TrainingCalls } from './training-calls.ts';

serve<TrainingCalls>({ train: ({ texts, vectors }) => encodeClassifier(trainTeamClassifier(texts, vectors)) });
