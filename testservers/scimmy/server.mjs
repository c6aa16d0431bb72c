// A SCIM 2.0 service of SCIMMY and Express for tests, on loopback, in memory.
//
//   TOKEN=secret node server.mjs
//
// The kernel chooses the port; the first line on standard output is
// {"port": N}. SCIM is under /scim/v2 with the bearer token. GET /_ctl tells
// the counters, POST /_ctl sets knobs (knobs.mjs) and DELETE /_ctl empties the
// service; these need no token.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import {IvantiUser} from "./ivanti.mjs";
import {Knobs} from "./knobs.mjs";
import {Store} from "./store.mjs";

const token = process.env.TOKEN;
if (!token) throw new Error("TOKEN is not set");
const knobs = new Knobs();
const users = new Store("userName");
const groups = new Store("displayName");

const equality = /^\s*(\w+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i;

function search(store, filter) {
    const expression = String(filter.expression ?? "");
    if (!knobs.values.filterExternalId && /externalId/i.test(expression))
        throw new SCIMMY.Types.Error(400, "invalidFilter", "externalId cannot be filtered on");
    const simple = equality.exec(expression);
    return (simple && store.where(simple[1], JSON.parse(simple[2]))) ?? filter.match(store.all());
}

// A listing without a filter hands SCIMMY one page and the total, so that it
// need not be given the whole store for each page.
function list(store, resource) {
    const page = resource.constraints ??= {};
    if (page.sortBy) return store.all();
    page.startIndex = Math.max(page.startIndex ?? 1, 1);
    page.count = Math.min(page.count ?? knobs.values.maxResults, knobs.values.maxResults);
    page.totalResults = store.size;
    return store.page(page.startIndex, page.count);
}

function declare(Resource, store, check) {
    SCIMMY.Resources.declare(Resource)
        .egress((resource) => {
            if (resource.id) return store.get(resource.id);
            return resource.filter ? search(store, resource.filter) : list(store, resource);
        })
        .ingress((resource, data) => {
            check(data);
            return store.put(resource.id, JSON.parse(JSON.stringify(data)));
        })
        .degress((resource) => store.remove(resource.id));
}

declare(SCIMMY.Resources.User, users, () => {});
declare(SCIMMY.Resources.Group, groups, (group) => {
    for (const {value} of group.members ?? [])
        if (!users.has(value) && !groups.has(value))
            throw new SCIMMY.Types.Error(400, "invalidValue", `member ${value} does not exist`);
});
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false).extend(IvantiUser, false);

// RFC 7644 section 3.14: a write to another version than the client saw is refused.
function checkVersion(req, res, next) {
    const target = /^\/(Users|Groups)\/([^/]+)$/.exec(req.path);
    const wanted = req.header("If-Match");
    const store = target?.[1] === "Users" ? users : groups;
    if (target && wanted && wanted !== "*" && store.has(target[2]) && store.get(target[2]).meta.version !== wanted)
        return res.status(412).type("application/scim+json").send({
            schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "412", detail: "another version",
        });
    next();
}

function announce() {
    SCIMMY.Config.set({
        etag: true, changePassword: false,
        filter: {supported: true, maxResults: knobs.values.maxResults},
        bulk: {supported: true, maxOperations: 1000, maxPayloadSize: 10 << 20},
        patch: Boolean(knobs.values.patch),
    });
}

let port;
const app = express();
app.disable("x-powered-by").disable("etag");
// Express 5 parses req.query anew at each access, which loses the numbers that
// scimmy-routers writes into it: keep the first.
app.use((req, res, next) => {
    Object.defineProperty(req, "query", {value: req.query, writable: true, configurable: true});
    next();
});
app.get("/_ctl", (req, res) => res.json({users: users.size, groups: groups.size, ...knobs.counters}));
app.post("/_ctl", express.json(), (req, res) => {
    const wrong = knobs.set(req.body);
    announce();
    res.status(wrong ? 400 : 200).json({wrong});
});
app.delete("/_ctl", (req, res) => {
    for (const part of [users, groups]) part.clear();
    knobs.reset();
    announce();
    res.json({wrong: ""});
});
app.use("/scim/v2", knobs.middleware, checkVersion, new SCIMMYRouters({
    type: "bearer",
    baseUri: () => `http://127.0.0.1:${port}`,
    handler: (req) => {
        if (req.header("authorization") !== `Bearer ${token}`) throw new Error("wrong token");
        return "tester";
    },
}));
announce(); // after the routers, whose constructor announces its own limits
const server = app.listen(0, "127.0.0.1", () => {
    port = server.address().port;
    console.log(JSON.stringify({port}));
});
process.on("SIGTERM", () => process.exit(0));
