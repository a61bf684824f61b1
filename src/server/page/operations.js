/** Everything that the page asks of the server. */
const CITATION =
  'quote start end answerStart answerEnd support passage { text start end heading page duplicates document { title } }';
const REPORT = 'overall relevance groundedness completeness coherence safety suggestions unsupported { start end }';
const EVENT = `__typename cursor generationId
  ... on GenerationStarted { conversationId userMessageId assistantMessageId }
  ... on PassagesRetrieved { passages { document { title } } }
  ... on ReasoningDelta { text offset }
  ... on TextDelta { text offset }
  ... on TextSnapshot { text }
  ... on CitationAdded { citation { ${CITATION} } }
  ... on GenerationCompleted { message { content generation { finishReason } } }
  ... on GenerationCancelled { message { content } }
  ... on GenerationFailed { error { code message } }
  ... on EvaluationAdded { evaluation { report { ${REPORT} } } }
  ... on AnswerRevised { generation { id } }`;

export const CHAT = `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`;
export const RESUME = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;

export const MESSAGES = `query($id: ID!, $before: String) { conversation(id: $id) { messages(last: 50, before: $before) {
  pageInfo { hasPreviousPage startCursor }
  edges { node { id role content reasoning status siblings { id } generation { id finishReason error { code message } } feedback { rating } evaluation { report { ${REPORT} } } citations { ${CITATION} } } } } } }`;
export const CONVERSATIONS =
  'query($after: String) { conversations(first: 30, after: $after, orderBy: UPDATED) { pageInfo { hasNextPage endCursor } edges { node { id title } } } }';
const DOCUMENT = 'id title status passageCount error';
export const DOCUMENTS = `query($after: String) { documents(first: 30, after: $after) { pageInfo { hasNextPage endCursor }
  edges { node { ${DOCUMENT} } } } }`;
export const DOCUMENT_PROGRESS = `subscription($id: ID!) { documentProgress(id: $id) { document { ${DOCUMENT} } } }`;

export const EDIT =
  'mutation($input: EditMessageInput!) { editMessage(input: $input) { generation { id } userMessage { id siblings { id } } assistantMessage { id } } }';
export const REGENERATE =
  'mutation($input: RegenerateMessageInput!) { regenerateMessage(input: $input) { generation { id } assistantMessage { id siblings { id } } } }';
export const SELECT = 'mutation($id: ID!) { selectBranch(messageId: $id) { id } }';
export const CANCEL = 'mutation($id: ID!) { cancelGeneration(id: $id) { id } }';
export const RATE = 'mutation($input: RateMessageInput!) { rateMessage(input: $input) { rating } }';
export const RENAME = 'mutation($id: ID!, $title: String!) { renameConversation(id: $id, title: $title) { id } }';
export const DELETE_CONVERSATION = 'mutation($id: ID!) { deleteConversation(id: $id) { deletedId } }';
export const ADD_DOCUMENT = 'mutation($input: AddDocumentInput!) { addDocument(input: $input) { id } }';
export const UPLOAD_DOCUMENT = 'mutation($input: UploadDocumentInput!) { uploadDocument(input: $input) { id } }';
export const DELETE_DOCUMENT = 'mutation($id: ID!) { deleteDocument(id: $id) { deletedId } }';
export const NEWEST = 'query($id: ID!) { conversation(id: $id) { messages(last: 1) { edges { node { id } } } } }';
