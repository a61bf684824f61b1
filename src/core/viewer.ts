export type Role = 'USER' | 'OPERATOR';

/** The caller. Everything belongs to one viewer, and every viewer to one tenant. */
export interface Viewer {
  readonly id: string;
  /** The subject of the API key or token, unique within the tenant. */
  readonly subject: string;
  readonly tenant: string;
  readonly role: Role;
}

/** The tenant of the bootstrap key, and of tokens that name none. Its operators are the platform's. */
export const PLATFORM_TENANT = 'default';

/** The tenant of the one viewer if AUTH is none. */
export const LOCAL_TENANT = 'local';

/** True if this operator operates the tenant: its own, or any if it is a platform operator. */
export const operates = ({ role, tenant }: Viewer, other: string): boolean =>
  role === 'OPERATOR' && (tenant === other || tenant === PLATFORM_TENANT);
