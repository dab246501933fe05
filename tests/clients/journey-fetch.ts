/** Join, order, accept, ship, return: with the types of openapi-typescript. */

import createClient from "openapi-fetch";
import type { paths } from "./openapi";
import { code, given, key, must, sure } from "./world";

const client = (token?: string) =>
  createClient<paths>({ baseUrl: given.api, headers: token ? { Authorization: `Bearer ${token}` } : {} });

async function journey(): Promise<void> {
  const [guest, manager, distributor] = [client(), client(given.manager), client(given.distributor)];

  const club = sure(await guest.GET("/v1/club"));
  const consents = club.consents.map(({ purpose, version }) => ({ purpose, version, agreed: true }));
  const started = sure(await guest.POST("/v1/registrations", { body: { name: "Anna Svetlova", email: given.email, consents } }));
  const { sign_in_id } = started;
  const tokens = sure(await guest.POST("/v1/sign-in/confirm", { body: { sign_in_id, code: await code(given.email) } }));

  const newcomer = client(tokens.access_token);
  const profile = await newcomer.GET("/v1/me");
  const { member_id } = sure(profile);
  const version = { "If-Match": must(profile.response.headers.get("ETag"), "ETag") };
  sure(await newcomer.PATCH("/v1/me", { params: { header: version }, body: { phone: "+74951234567" } }));
  const { inn, kpp, region, sku } = given;
  sure(await newcomer.POST("/v1/companies", { body: { name: "Svet", inn, kpp, region } }));

  const listed = sure(await manager.GET("/v1/staff/companies", { params: { query: { inn, kpp } } }));
  const { company_id } = must(listed.items[0], "company");
  const about = { params: { path: { company_id } } };
  sure(await manager.POST("/v1/staff/companies/{company_id}/confirm", { ...about, body: { member_id, role: "owner" } }));

  const refresh_token = must(tokens.refresh_token, "refresh token");
  const buyer = client(sure(await guest.POST("/v1/sign-in/refresh", { body: { refresh_token } })).access_token);
  const lines = [{ sku, quantity: 3 }];
  const { order_id } = sure(await buyer.POST("/v1/orders", { params: { header: key("order") }, body: { lines } }));

  const path = { order_id };
  const accepting = { params: { path, header: key("accept") }, body: {} };
  sure(await distributor.POST("/v1/distributor/orders/{order_id}/accept", accepting));
  const document = `S-${given.mark}`;
  const shipping = { params: { path, header: key("ship") }, body: { document } };
  sure(await distributor.POST("/v1/distributor/orders/{order_id}/ship", shipping));

  const back = { lines: [{ document, sku, quantity: 1 }], reason: "Broken glass" };
  const asked = sure(await buyer.POST("/v1/orders/{order_id}/returns", { params: { path, header: key("return") }, body: back }));
  const { return_id } = must(asked.returns.at(-1), "return");
  const taking = { params: { path: { order_id, return_id }, header: key("take") }, body: { document: `R-${given.mark}` } };
  sure(await distributor.POST("/v1/distributor/orders/{order_id}/returns/{return_id}/accept", taking));

  const order = sure(await buyer.GET("/v1/orders/{order_id}", { params: { path } }));
  const unknown = { lines: [{ sku: "NOTHING", quantity: 1 }] };
  const { error } = await buyer.POST("/v1/orders", { params: { header: key("unknown") }, body: unknown });
  const fault = error?.code === "invalid" ? error.errors?.[0]?.pointer : undefined;
  console.log(JSON.stringify({ state: order.state, returned: order.lines[0]?.returned, fault }));
}

journey();
