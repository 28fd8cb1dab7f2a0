import HTTPTypes
import VectorCollections
import Workspace

extension CollectionOperations {
    var upsert: Operation {
        .scoped(
            .ingest, "upsertPoints", .post, "/v1/collections/{name}/points",
            summary: "points, stored in the place of those of the same ids", section: Self.section,
            inputs: Self.name.and(
                .vectors(
                    UpsertBody.schema, streamLimitBytes: UpsertBody.limitBytes, UpsertBody.summary)),
            responses: [.json(UpsertDocument.self, "they are on the disk, and found by queries")],
            problems: Self.problems + VectorBody.problems + [.tooMany]
        ) { input, caller in
            let (name, body) = input
            let points = try await UpsertBody.points(body)
            let report = try await collections.upsert(points, into: name, tenant: caller.owner.tenant)
            return try .json(UpsertDocument(created: report.created, replaced: report.replaced))
        }
    }

    var remove: Operation {
        .scoped(
            .ingest, "deletePoints", .post, "/v1/collections/{name}/points/delete",
            summary: "points, gone: those of some ids, or those that a filter admits", section: Self.section,
            inputs: Self.name.and(.cursor(PointSelection.schema, PointSelection.summary)),
            responses: [.json(DeletionDocument.self, "how many there were")], problems: Self.problems
        ) { input, caller in
            let (name, body) = input
            let tenant = caller.owner.tenant
            let report =
                switch try PointSelection(body) {
                case .ids(let ids): try await collections.remove(ids, from: name, tenant: tenant)
                case .filter(let filter):
                    try await collections.remove(matching: filter, from: name, tenant: tenant)
                }
            return try .json(DeletionDocument(deleted: report.removed))
        }
    }

    var get: Operation {
        .scoped(
            .search, "getPoints", .post, "/v1/collections/{name}/points/get",
            summary: "points by their ids; those that are not there are left out", section: Self.section,
            inputs: Self.name.and(.cursor(PointsBody.schema, PointsBody.summary)),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the points, in the order of the ids",
                    content: .json(CollectionAnswers.pointsSchema))
            ], problems: Self.problems, idempotency: .notKept
        ) { input, caller in
            let (name, cursor) = input
            let body = try PointsBody(cursor)
            return CollectionAnswers.points(
                try await collections.points(
                    body.ids, of: name, tenant: caller.owner.tenant, parts: body.parts))
        }
    }

    var query: Operation {
        .scoped(
            .search, "queryCollection", .post, "/v1/collections/{name}/query",
            summary: "the points nearest to a vector, or to each of several", section: Self.section,
            inputs: Self.name.and(.vectors(QueryBody.schema, QueryBody.summary)),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the nearest, best first",
                    content: .json(CollectionAnswers.querySchema)),
                .bytes(PackedVectors.contentType, "ids and scores, where the client accepts it"),
            ], problems: Self.problems + VectorBody.problems, idempotency: .notKept
        ) { input, caller in
            let (name, body) = input
            let query = try await QueryBody(body)
            let answer = try await collections.query(query.queries, of: name, tenant: caller.owner.tenant)
            guard body.wantsPacked else { return CollectionAnswers.answer(answer, isBatch: query.isBatch) }
            guard let packed = PackedVectors.body(results: answer.results) else {
                throw RequestFault.invalidField(
                    name: "Accept", reason: "asks for packed results, and the id of one of these is a text")
            }
            return APIResponse(headers: [.contentType: PackedVectors.contentType], body: .data(packed))
        }
    }

    var scroll: Operation {
        .scoped(
            .search, "scrollCollection", .post, "/v1/collections/{name}/scroll",
            summary: "all points, or those that a filter admits, page by page", section: Self.section,
            inputs: Self.name.and(.cursor(ScrollBody.schema, ScrollBody.summary)),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "one page, by id", content: .json(CollectionAnswers.pageSchema))
            ], problems: Self.problems, idempotency: .notKept
        ) { input, caller in
            let (name, cursor) = input
            let body = try ScrollBody(cursor)
            let page = try await collections.scroll(
                name, tenant: caller.owner.tenant, after: body.after, limit: body.limit, filter: body.filter,
                parts: body.parts)
            return CollectionAnswers.points(page.points, next: .some(page.next))
        }
    }

    var count: Operation {
        .scoped(
            .search, "countPoints", .post, "/v1/collections/{name}/count",
            summary: "how many points there are, or how many a filter admits", section: Self.section,
            inputs: Self.name.and(.cursor(CountBody.schema, CountBody.summary)),
            responses: [.json(CountDocument.self, "the number")], problems: Self.problems,
            idempotency: .notKept
        ) { input, caller in
            let (name, cursor) = input
            let body = try CountBody(cursor)
            let count = try await collections.count(name, tenant: caller.owner.tenant, filter: body.filter)
            return try .json(CountDocument(count: count))
        }
    }
}
