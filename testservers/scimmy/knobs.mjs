// The ways in which the service can be made to misbehave while it runs, and
// the counters of what it was asked. Every fault falls on every nth request,
// never by chance, so that a run can be repeated.

export const defaults = Object.freeze({
    maxResults: 200,      // the most resources on a page
    filterExternalId: 1,  // 0: a filter on externalId is refused with 400
    patch: 1,             // 0: PATCH is answered 501
    delayMs: 0,           // wait before each request is looked at
    every429: 0,          // n: every nth request is answered 429 and not carried out
    retryAfter: 0,        // seconds in the Retry-After of a 429; 0 sends no such header
    every500: 0,          // n: every nth request is answered 500 and not carried out
    everyDrop: 0,         // n: every nth write is carried out and its answer lost
});

export class Knobs {
    constructor() { this.reset(); }

    reset() {
        Object.assign(this, {values: {...defaults}, requests: {}, statuses: {}, dropped: 0, seen: 0, writes: 0});
    }

    // set takes some knobs and leaves the others; it returns what is wrong, or "".
    set(values) {
        for (const [name, value] of Object.entries(values)) {
            if (!Object.hasOwn(defaults, name)) return `no knob ${name}`;
            if (!Number.isInteger(value) || value < 0) return `knob ${name} is a whole number, not ${JSON.stringify(value)}`;
        }
        Object.assign(this.values, values);
        return "";
    }

    get counters() {
        return {requests: this.requests, statuses: this.statuses, dropped: this.dropped};
    }

    // middleware counts every request and its answer and injects the faults.
    middleware = (req, res, next) => {
        const {values} = this;
        const isDue = (n, count) => n > 0 && count % n === 0;
        const refuse = (status, detail) => res.status(status).type("application/scim+json").send({
            schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(status), detail,
        });
        this.seen++;
        this.#count(this.requests, `${req.method} ${req.path.split("/")[1]}`);
        this.#watchAnswer(req, res);
        setTimeout(() => {
            if (isDue(values.every429, this.seen)) {
                if (values.retryAfter > 0) res.setHeader("Retry-After", String(values.retryAfter));
                refuse(429, "too many requests");
            } else if (isDue(values.every500, this.seen)) {
                refuse(500, "injected");
            } else if (req.method === "PATCH" && !values.patch) {
                refuse(501, "PATCH is off");
            } else {
                if (req.method !== "GET") res.locals.drop = isDue(values.everyDrop, ++this.writes);
                next();
            }
        }, values.delayMs);
    };

    // The answer is counted as it is sent, or its connection cut instead.
    #watchAnswer(req, res) {
        const send = res.send;
        res.send = (body) => {
            res.send = send;
            this.#count(this.statuses, res.statusCode);
            if (res.locals.drop) {
                this.dropped++;
                req.socket.destroy();
                return res;
            }
            if (body?.meta?.version) res.setHeader("ETag", body.meta.version);
            if (res.statusCode === 201 && body?.meta?.location) res.setHeader("Location", body.meta.location);
            return res.send(body && typeof body === "object" ? JSON.stringify(body) : body);
        };
    }

    #count(counters, name) { counters[name] = (counters[name] ?? 0) + 1; }
}
