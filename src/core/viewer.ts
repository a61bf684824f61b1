export type Role = 'USER' | 'OPERATOR';

/** The caller. Everything belongs to one viewer, and every viewer to one tenant. */
export interface Viewer {
  readonly id: string;
  /** The subject of the API key or token, unique within the tenant. */
  readonly subject: string;
  readonly tenant: string;
  readonly role: Role;
  /** Set for the one local viewer of a platform without authentication, which operates it. */
  readonly isLocal?: true;
}

/** The tenant of the bootstrap key, and of tokens that name none. Its operators are the platform's. */
export const PLATFORM_TENANT = 'default';

/** The tenant of the one viewer if AUTH is none. */
export const LOCAL_TENANT = 'local';

/** True for an operator of the platform: of every tenant, and of what all tenants share. */
export const operatesPlatform = ({ role, tenant, isLocal }: Viewer): boolean =>
  role === 'OPERATOR' && (tenant === PLATFORM_TENANT || isLocal === true);

/** True if this operator operates the tenant: its own, or any if it is a platform operator. */
export const operates = (viewer: Viewer, tenant: string): boolean =>
  operatesPlatform(viewer) || (viewer.role === 'OPERATOR' && viewer.tenant === tenant);
