export type Role = 'USER' | 'OPERATOR';

/** Who asks: everything belongs to one viewer, and every viewer to one tenant. */
export interface Viewer {
  readonly id: string;
  /** The subject of the API key or token, unique within the tenant. */
  readonly subject: string;
  readonly tenant: string;
  readonly role: Role;
}
