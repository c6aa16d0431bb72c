// What the service remembers of one kind of resource: in memory, found by id,
// by unique name without regard to case, and by externalId.
import SCIMMY from "scimmy";
import {randomUUID} from "node:crypto";

const refuse = (status, scimType, detail) => new SCIMMY.Types.Error(status, scimType, detail);

export class Store {
    // nameAttribute is the attribute that is unique: userName or displayName.
    constructor(nameAttribute) {
        this.nameAttribute = nameAttribute;
        this.clear();
    }

    clear() {
        this.byId = new Map();
        this.byName = new Map();
        this.byExternalId = new Map();
    }

    get size() { return this.byId.size; }

    has(id) { return this.byId.has(id); }

    all() { return [...this.byId.values()]; }

    get(id) {
        const resource = this.byId.get(id);
        if (!resource) throw refuse(404, null, `no resource ${id}`);
        return resource;
    }

    // page returns count resources from the startIndex-th, which counts from 1.
    page(startIndex, count) { return this.all().slice(startIndex - 1, startIndex - 1 + count); }

    // where finds by equality with an index, or returns undefined when there is none.
    where(attribute, value) {
        const found = (id) => id === undefined || !this.byId.has(id) ? [] : [this.byId.get(id)];
        switch (attribute.toLowerCase()) {
        case "id": return found(value);
        case "externalid": return found(this.byExternalId.get(value));
        case this.nameAttribute.toLowerCase(): return found(this.byName.get(value.toLowerCase()));
        }
    }

    // put makes a resource (id undefined) or replaces one, and gives it its meta.
    put(id, data) {
        const before = id === undefined ? undefined : this.get(id);
        const after = structuredClone({...data});
        const name = String(after[this.nameAttribute] ?? "").toLowerCase();
        if (!name) throw refuse(400, "invalidValue", `${this.nameAttribute} is required`);
        this.#claim(this.byName, name, id, this.nameAttribute);
        this.#claim(this.byExternalId, after.externalId, id, "externalId");
        if (before) this.#forget(before);

        const now = new Date().toISOString();
        after.id = id ?? randomUUID();
        const revision = before ? Number(/\d+/.exec(before.meta.version)[0]) + 1 : 1;
        after.meta = {created: before?.meta.created ?? now, lastModified: now, version: `W/"${revision}"`};
        this.byId.set(after.id, after);
        this.byName.set(name, after.id);
        if (after.externalId) this.byExternalId.set(after.externalId, after.id);
        return after;
    }

    remove(id) {
        this.#forget(this.get(id));
        this.byId.delete(id);
    }

    #claim(index, value, id, attribute) {
        const owner = value ? index.get(value) : undefined;
        if (owner !== undefined && owner !== id) throw refuse(409, "uniqueness", `${attribute} is taken`);
    }

    #forget(resource) {
        this.byName.delete(String(resource[this.nameAttribute]).toLowerCase());
        if (resource.externalId) this.byExternalId.delete(resource.externalId);
    }
}
