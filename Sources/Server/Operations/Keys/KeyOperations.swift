import HTTPTypes
import Identity
import Workspace

/// `/v1/keys`: API keys of the caller's tenant, for administrators; and `/v1/me`, for everybody.
struct KeyOperations: Sendable {
    let keys: APIKeys

    var operations: [Operation] { [list, create, rotate, revoke] }

    private static let id = Inputs.path("id", .text, "the key's id, such as mr_ab2cd3ef")

    private var list: Operation {
        .scoped(
            .admin, "listKeys", .get, "/v1/keys", summary: "API keys, newest first", section: "keys",
            inputs: .none, responses: [.json(KeyListDocument.self, "every key, whatever its state")]
        ) { _, caller in
            let found = try await keys.list(tenant: caller.owner.tenant)
            return try .json(KeyListDocument(keys: found.map { KeyDocument($0) }))
        }
    }

    private var create: Operation {
        .scoped(
            .admin, "createKey", .post, "/v1/keys", summary: "a new API key, whose secret is shown this once",
            section: "keys", inputs: .json(KeyBody.self),
            responses: [.json(NewKeyDocument.self, status: 201, "the key and its secret")],
            problems: [.tooMany], idempotency: .keptWithoutBody
        ) { body, caller in
            let made = try await keys.create(body.request, tenant: caller.owner.tenant, by: caller.actor)
            return try .json(
                NewKeyDocument(secret: made.secret.text, key: KeyDocument(made.key)), status: .created)
        }
    }

    private var rotate: Operation {
        .scoped(
            .admin, "rotateKey", .post, "/v1/keys/{id}/rotate",
            summary: "another secret for what a key may do; the old one is good for a while still",
            section: "keys", inputs: Self.id.and(.json(KeyRotationBody.self)),
            responses: [.json(NewKeyDocument.self, status: 201, "the new key and its secret")],
            problems: [.noSuchThing, .tooMany], idempotency: .keptWithoutBody
        ) { input, caller in
            let (id, body) = input
            let made = try await keys.rotate(
                key: id, tenant: caller.owner.tenant, overlap: body.overlap, by: caller.actor)
            return try .json(
                NewKeyDocument(secret: made.secret.text, key: KeyDocument(made.key)), status: .created)
        }
    }

    private var revoke: Operation {
        .scoped(
            .admin, "revokeKey", .delete, "/v1/keys/{id}", summary: "a key, ended at once", section: "keys",
            inputs: Self.id,
            responses: [.json(KeyDocument.self, "the key, which stays in the list")],
            problems: [.noSuchThing]
        ) { id, caller in
            let key = try await keys.revoke(key: id, tenant: caller.owner.tenant, by: caller.actor)
            return try .json(KeyDocument(key))
        }
    }
}
