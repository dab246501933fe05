/** What the test tells a journey, and what every journey does beside its client. */

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

export const given = {
  api: told("API"),
  mailbox: told("MAILBOX"),
  manager: told("MANAGER"),
  distributor: told("DISTRIBUTOR"),
  sku: told("SKU"),
  region: told("REGION"),
  email: told("EMAIL"),
  inn: told("INN"),
  kpp: "770101001",
  mark: told("MARK"),
};

/** The data of an answer. Throws the code of a problem. */
export function sure<T>(answer: { data?: T; error?: { code: string; detail?: string | null } }): T {
  if (answer.data === undefined) throw new Error(`${answer.error?.code}: ${answer.error?.detail}`);
  return answer.data;
}

export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`no ${what}`);
  return value;
}

export const key = (step: string): { "Idempotency-Key": string } => ({ "Idempotency-Key": `${step}-${given.mark}` });

/** The six digits of the sign-in letter to this address. */
export async function code(email: string): Promise<string> {
  for (const _ of Array(300)) {
    const letters = (await (await fetch(given.mailbox)).json()) as { to: string[]; text: string }[];
    const found = letters.filter((each) => each.to.join().includes(email)).map((each) => /\b\d{6}\b/.exec(each.text)?.[0]);
    const newest = found.reverse().find(Boolean);
    if (newest) return newest;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  throw new Error(`no code for ${email}`);
}
