import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Workspace

/// `/api/v1/variables`: named values that flows refer to. A secret's value goes in and never comes out.
struct LangflowVariableOperations: Sendable {
    let service: FlowService
    let vault: any VariableVault
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String

    private static let types = ["Credential", "Generic"]
    private static let schema = JSONSchema([
        "type": "object", "required": ["id", "name", "type", "value"],
        "properties": [
            "id": ["type": "string"], "name": ["type": "string"],
            "type": ["type": "string", "enum": ["Credential", "Generic"]],
            "value": ["type": ["string", "null"]],
        ],
    ]).named("Variable")

    var operations: [Operation] {
        [create, list, change, delete]
            + [create.also(at: "/api/v1/variables"), list.also(at: "/api/v1/variables")]
    }

    private static func document(_ variable: StoredVariable) -> JSONValue {
        [
            "id": .string(variable.id), "name": .string(variable.name),
            "type": variable.isSecret ? "Credential" : "Generic",
            "value": variable.isSecret ? nil : .string(String(decoding: variable.value, as: UTF8.self)),
            "has_value": .bool(!variable.value.isEmpty),
            "default_fields": .array(variable.defaultFields.map { .string($0) }), "is_owner": true,
        ]
    }

    private static func response(_ schema: JSONSchema, status: Int = 200, _ summary: String)
        -> ResponseDeclaration
    {
        ResponseDeclaration(status: status, summary: summary, content: .json(schema))
    }

    private func kept(_ value: String, isSecret: Bool, name: String, owner: Owner) async throws -> Data {
        guard value.utf8.count <= 65_536 else {
            throw RequestFault.invalidField(name: "value", reason: "has more than 65,536 bytes")
        }
        return isSecret ? try await vault.seal(value, named: name, for: owner) : Data(value.utf8)
    }

    private var create: Operation {
        .scoped(
            .flows, "langflowCreateVariable", .post, "/api/v1/variables/", summary: "a new variable",
            section: "langflow",
            inputs: .lenient(.anyObject, "its `name`, `value`, `type` and `default_fields`"),
            responses: [Self.response(Self.schema, status: 201, "the variable")], problems: [.nameTaken]
        ) { body, caller in
            guard let name = try body.text("name"), name.utf8.count <= 200 else {
                throw RequestFault.invalidField(name: "name", reason: "must be a text of 1 to 200 bytes")
            }
            guard let value = try body.text("value") else {
                throw RequestFault.invalidField(name: "value", reason: "is missing")
            }
            let type = try body.text("type")
            guard type.map(Self.types.contains) ?? true else {
                throw RequestFault.invalidField(
                    name: "type", reason: "must be \(Self.types.joined(separator: " or "))")
            }
            // What nobody called plain is a secret.
            let isSecret = type != "Generic"
            let variable = StoredVariable(
                id: freshID(), owner: caller.owner, name: name, isSecret: isSecret,
                value: try await kept(value, isSecret: isSecret, name: name, owner: caller.owner),
                defaultFields: body["default_fields"]?.array?.compactMap(\.string) ?? [], updatedAt: now())
            let saved = try await service.store.save(variable)
            service.variablesChanged()
            return try .json(Self.document(saved), status: .created)
        }
    }

    private var list: Operation {
        .scoped(
            .flows, "langflowListVariables", .get, "/api/v1/variables/", summary: "the caller's variables",
            section: "langflow", inputs: .none,
            responses: [Self.response(.list(of: Self.schema), "secrets without their values")]
        ) { _, caller in
            let found = try await service.store.variables(for: caller.owner)
            return try .json(JSONValue.array(found.map { Self.document($0) }))
        }
    }

    private static let id = Inputs.path("id", .text, "the variable's id")

    private var change: Operation {
        .scoped(
            .flows, "langflowUpdateVariable", .patch, "/api/v1/variables/{id}",
            summary: "another value for a variable", section: "langflow",
            inputs: Self.id.and(.lenient(.anyObject, "what shall be other than it is")),
            responses: [Self.response(Self.schema, "the variable")], problems: [.noSuchThing, .nameTaken]
        ) { input, caller in
            let (id, body) = input
            guard
                var variable = try await service.store.variables(for: caller.owner).first(where: {
                    $0.id == id
                })
            else { throw WorkspaceError.notFound(kind: "variable", id: id) }
            let renamed = try body.text("name")
            let value = try body.text("value")
            // A sealed value is bound to its name: another name needs the value again.
            if let renamed, renamed != variable.name, variable.isSecret, value == nil {
                throw RequestFault.invalidField(
                    name: "value", reason: "is missing: a secret that gets another name needs its value again"
                )
            }
            if let renamed { variable.name = renamed }
            if let value {
                variable.value = try await kept(
                    value, isSecret: variable.isSecret, name: variable.name, owner: caller.owner)
            }
            if let fields = body["default_fields"]?.array {
                variable.defaultFields = fields.compactMap(\.string)
            }
            variable.updatedAt = now()
            let saved = try await service.store.save(variable)
            service.variablesChanged()
            return try .json(Self.document(saved))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "langflowDeleteVariable", .delete, "/api/v1/variables/{id}", summary: "a variable, gone",
            section: "langflow", inputs: Self.id,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            try await service.store.delete(variable: id, for: caller.owner)
            service.variablesChanged()
            return APIResponse(status: .noContent)
        }
    }
}
