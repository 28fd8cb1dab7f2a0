import Concurrency
import Foundation
import HTTPTypes
import JSONValue
import VectorCollections
import Workspace

/// `/v1/collections`: vectors of the caller's own making, kept and searched.
struct CollectionOperations: Sendable {
    let collections: VectorCollections
    /// Reads the files of snapshots while they are sent.
    private let files = BlockingExecutor(label: "millrace.collections.download", width: 2)

    static let name = Inputs.path(
        "name",
        ParameterType<String>(
            schema: JSONSchema(["type": "string", "minLength": 1, "maxLength": 64]),
            expectation: "1 to 64 letters, digits, - and _"
        ) { VectorCollections.isName($0) ? $0 : nil }, "the collection's name")

    static let section = "collections"
    /// What may be met wherever a collection is asked for.
    static let problems: [ProblemKind] = [.noSuchCollection, .busy]

    init(collections: VectorCollections) {
        self.collections = collections
    }

    var operations: [Operation] {
        [create, list, show, delete, upsert, remove, get, query, scroll, count, snapshot, restore]
    }

    private var create: Operation {
        .scoped(
            .ingest, "createCollection", .put, "/v1/collections/{name}",
            summary: "a collection of vectors; one that is there with the same settings stays as it is",
            section: Self.section, inputs: Self.name.and(.json(CollectionBody.self)),
            responses: [
                .json(CollectionDocument.self, status: 201, "the new collection"),
                .json(CollectionDocument.self, "it was there already"),
            ], problems: Self.problems + [.otherSettings, .tooMany]
        ) { input, caller in
            let (name, body) = input
            let (info, isNew) = try await collections.create(
                name, body.settings, tenant: caller.owner.tenant)
            return try .json(CollectionDocument(info), status: isNew ? .created : .ok)
        }
    }

    private var list: Operation {
        .scoped(
            .search, "listCollections", .get, "/v1/collections", summary: "the collections, by name",
            section: Self.section, inputs: .none,
            responses: [.json(CollectionListDocument.self, "all of them")], problems: [.busy]
        ) { _, caller in
            let found = try await collections.list(tenant: caller.owner.tenant)
            return try .json(CollectionListDocument(collections: found.map { CollectionDocument($0) }))
        }
    }

    private var show: Operation {
        .scoped(
            .search, "getCollection", .get, "/v1/collections/{name}",
            summary: "a collection's settings and how much it holds", section: Self.section,
            inputs: Self.name, responses: [.json(CollectionDocument.self, "the collection")],
            problems: Self.problems
        ) { name, caller in
            try .json(
                CollectionDocument(try await collections.info(name, tenant: caller.owner.tenant)))
        }
    }

    private var delete: Operation {
        .scoped(
            .ingest, "deleteCollection", .delete, "/v1/collections/{name}",
            summary: "a collection, gone with all of its points", section: Self.section, inputs: Self.name,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: Self.problems
        ) { name, caller in
            try await collections.delete(name, tenant: caller.owner.tenant)
            return APIResponse(status: .noContent)
        }
    }

    private var snapshot: Operation {
        .scoped(
            .search, "getCollectionSnapshot", .get, "/v1/collections/{name}/snapshot",
            summary: "a consistent copy of a collection, as one file", section: Self.section,
            inputs: Self.name,
            responses: [.bytes(CollectionSnapshot.contentType, "an SQLite database")],
            problems: Self.problems
        ) { name, caller in
            let copy = try await collections.snapshot(of: name, tenant: caller.owner.tenant)
            let file = FileContent(
                path: copy.url.path, contentType: CollectionSnapshot.contentType, executor: files)
            // Each copy is made anew, so there is nothing that a client could have a part of.
            let response = try await file.response(
                to: RequestConditions(),
                headers: [
                    .contentDisposition: "attachment; filename=\"\(name).sqlite\"", .cacheControl: "no-store",
                ])
            // The open file is read on after its name is gone.
            withExtendedLifetime(copy) {}
            return response
        }
    }

    private var restore: Operation {
        .scoped(
            .ingest, "putCollectionSnapshot", .put, "/v1/collections/{name}/snapshot",
            summary: "a collection made of a snapshot, under a name that is free", section: Self.section,
            inputs: Self.name.and(
                .stream(
                    contentTypes: [CollectionSnapshot.contentType, "application/octet-stream"],
                    limitBytes: collections.limits.snapshotBytes, "a file that a snapshot gave")),
            responses: [.json(CollectionDocument.self, status: 201, "the collection, ready")],
            problems: Self.problems + [.nameTaken, .tooMany, .invalidField]
        ) { input, caller in
            let (name, pieces) = input
            let upload = try await collections.upload(pieces)
            let info = try await collections.restore(upload, as: name, tenant: caller.owner.tenant)
            return try .json(CollectionDocument(info), status: .created)
        }
    }
}
