/** Uploads as a client would: by the GraphQL multipart request specification. */
export interface UploadAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
  readonly data: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}
export interface UploadFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly mediaType?: string;
}

const MUTATION =
  'mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) { id title status error mediaType kind bytes passageCount } }';

export async function upload(
  url: string,
  key: string,
  { name, content, mediaType = '' }: UploadFile,
  input: Readonly<Record<string, unknown>> = {},
): Promise<UploadAnswer> {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: MUTATION, variables: { input: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob([content as BlobPart], { type: mediaType }), name);
  return send(url, key, form);
}

export async function send(url: string, key: string, form: FormData): Promise<UploadAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  });
  const { data, errors } = (await response.json()) as UploadAnswer;
  return { status: response.status, data, ...(errors ? { errors } : {}) };
}
