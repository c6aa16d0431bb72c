// The schema extension under which Ivanti Neurons for MDM keeps custom
// attributes, with attributes of the types that a client has to tell apart.
import SCIMMY from "scimmy";

const {Attribute, Schema, SchemaDefinition} = SCIMMY.Types;

export class IvantiUser extends Schema {
    static #definition = new SchemaDefinition(
        "IvantiUser", "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User", "Custom attributes of a user", [
            new Attribute("string", "badge"),
            new Attribute("string", "building"),
            new Attribute("string", "costCode"),
            new Attribute("string", "custAttr1"),
            new Attribute("string", "distinguishedName"),
            new Attribute("dateTime", "hireDate"),
            new Attribute("integer", "level"),
            new Attribute("string", "location"),
            new Attribute("boolean", "vip"),
        ]);

    static get id() { return IvantiUser.#definition.id; }

    static get definition() { return IvantiUser.#definition; }

    constructor(resource, direction = "both", basepath, filters) {
        super(resource, direction);
        Object.assign(this, IvantiUser.#definition.coerce(resource, direction, basepath, filters));
    }
}
