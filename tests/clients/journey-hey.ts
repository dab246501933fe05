/** Join, order, accept, ship, return: with the client of @hey-api/openapi-ts. */

import { createClient, createConfig } from "./hey/client";
import * as api from "./hey/sdk.gen";
import { code, given, key, must, sure } from "./world";

const client = (token?: string) => createClient(createConfig({ baseUrl: given.api, auth: token ?? "" }));

async function journey(): Promise<void> {
  const [guest, manager, distributor] = [client(), client(given.manager), client(given.distributor)];

  const club = sure(await api.showClub({ client: guest }));
  const consents = club.consents.map(({ purpose, version }) => ({ purpose, version, agreed: true }));
  const joining = { name: "Anna Svetlova", email: given.email, consents };
  const { sign_in_id } = sure(await api.registerMember({ client: guest, body: joining }));
  const tokens = sure(await api.confirmSignIn({ client: guest, body: { sign_in_id, code: await code(given.email) } }));

  const newcomer = client(tokens.access_token);
  const profile = await api.showProfile({ client: newcomer });
  const { member_id } = sure(profile);
  const headers = { "If-Match": must(profile.response?.headers.get("ETag"), "ETag") };
  sure(await api.changeProfile({ client: newcomer, headers, body: { phone: "+74951234567" } }));
  const { inn, kpp, region, sku } = given;
  sure(await api.claimCompany({ client: newcomer, body: { name: "Svet", inn, kpp, region } }));

  const listed = sure(await api.listCompanies({ client: manager, query: { inn, kpp } }));
  const { company_id } = must(listed.items[0], "company");
  sure(await api.decideClaim({ client: manager, path: { company_id }, body: { member_id, role: "owner" } }));

  const refresh_token = must(tokens.refresh_token, "refresh token");
  const buyer = client(sure(await api.refreshSession({ client: guest, body: { refresh_token } })).access_token);
  const lines = [{ sku, quantity: 3 }];
  const { order_id } = sure(await api.placeOrder({ client: buyer, headers: key("order"), body: { lines } }));

  const path = { order_id };
  sure(await api.acceptOrder({ client: distributor, path, headers: key("accept"), body: {} }));
  const document = `S-${given.mark}`;
  sure(await api.shipOrder({ client: distributor, path, headers: key("ship"), body: { document } }));

  const back = { lines: [{ document, sku, quantity: 1 }], reason: "Broken glass" };
  const asked = sure(await api.requestReturn({ client: buyer, path, headers: key("return"), body: back }));
  const { return_id } = must(asked.returns.at(-1), "return");
  const taken = { document: `R-${given.mark}` };
  sure(await api.acceptReturn({ client: distributor, path: { order_id, return_id }, headers: key("take"), body: taken }));

  const order = sure(await api.showOrder({ client: buyer, path }));
  const unknown = { lines: [{ sku: "NOTHING", quantity: 1 }] };
  const { error } = await api.placeOrder({ client: buyer, headers: key("unknown"), body: unknown });
  const fault = error?.code === "invalid" ? error.errors?.[0]?.pointer : undefined;
  console.log(JSON.stringify({ state: order.state, returned: order.lines[0]?.returned, fault }));
}

journey();
