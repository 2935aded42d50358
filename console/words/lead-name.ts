/** By what a lead is known. */
export interface NamedLead {
  readonly leadId: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
}

/** What a lead is called: its name, else its e-mail address, else its id; and what else tells it from others. */
export function leadNames({ leadId, displayName, email }: NamedLead): { readonly name: string; readonly rest: string } {
  const [name = leadId, ...others] = [displayName, email, leadId].filter((one) => one !== undefined && one !== '');
  return { name, rest: [...new Set(others)].filter((one) => one !== name).join(' · ') };
}
