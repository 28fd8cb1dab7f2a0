import Foundation
import JSONValue
import Transport

/// Amazon Kendra: a search over documents that AWS indexes, with their access control.
public struct Kendra: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "kendra", serviceID: "kendra",
        apiProtocol: .json(.v1_1, targetPrefix: "AWSKendraFrontendService"))
    /// Results that a query can have, on all pages together.
    public static let resultCount = 100

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        self.init(try account.service(Self.description, endpoint: endpoint))
    }

    /// Over a service that was made already, with its retries.
    public init(_ service: AWSService) {
        self.service = service
    }

    public var region: String { service.region }

    /// Passages of up to 200 words that answer a query, best first.
    ///
    /// - Parameters:
    ///   - limit: how many at most, 1 to ``resultCount``.
    ///   - pageSize: how many a call gives, 1 to ``resultCount``.
    /// - Throws: ``AWSError/invalidOperation(service:operation:reason:)`` for what Kendra does not take, and
    ///   for an empty query.
    public func retrieve(
        _ query: KendraQuery, limit: Int = 10, pageSize: Int = resultCount
    ) async throws(AWSError) -> [KendraPassage] {
        try await pages("Retrieve", query, [:], limit, pageSize) { KendraPassage($0) }.items
    }

    /// Documents, suggested answers and answers to listed questions, each with an excerpt, best first.
    ///
    /// - Parameters:
    ///   - kind: results of that kind alone: at most 4 question-answers, at most 3 answers.
    ///   - limit: how many at most, 1 to ``resultCount``.
    ///   - pageSize: how many a call gives, 1 to ``resultCount``.
    /// - Throws: ``AWSError/invalidOperation(service:operation:reason:)`` for what Kendra does not take, and
    ///   for an empty query.
    public func query(
        _ query: KendraQuery, kind: KendraResult.Kind? = nil, limit: Int = 10, pageSize: Int = resultCount
    ) async throws(AWSError) -> KendraResults {
        let more = ["QueryResultTypeFilter": kind.map { JSONValue.string($0.rawValue) }]
        let found = try await pages("Query", query, more, limit, pageSize) { KendraResult($0) }
        return KendraResults(items: found.items, total: found.total)
    }

    /// What an index is and whether it can be searched.
    public func index(_ id: String) async throws(AWSError) -> KendraIndex {
        let (answer, request) = try await service.json("DescribeIndex", ["Id": .string(id)], resource: id)
        guard let index = KendraIndex(answer) else {
            throw service.unexpected("DescribeIndex", "it has no Id and Status", request)
        }
        return index
    }

    /// Pages until there are enough results, or no more.
    private func pages<Item>(
        _ name: String, _ query: KendraQuery, _ more: [String: JSONValue?], _ limit: Int, _ pageSize: Int,
        read: (JSONValue) -> Item?
    ) async throws(AWSError) -> (items: [Item], total: Int?) {
        var input: [String: JSONValue?]
        do throws(KendraFault) {
            input = try query.input().merging(more) { $1 }
        } catch {
            throw service.invalid(name, error.reason)
        }
        for (count, what) in [(limit, "a query"), (pageSize, "a page")]
        where !(1...Self.resultCount).contains(count) {
            throw service.invalid(name, "\(what) gives 1 to \(Self.resultCount) results, not \(count)")
        }
        let size = min(limit, pageSize)
        input["PageSize"] = .integer(size)
        var items: [Item] = []
        var total: Int?
        var page = 1
        // Each full page adds to `items`, and a page that is not full is the last.
        while items.count < limit {
            input["PageNumber"] = .integer(page)
            let (answer, id) = try await service.json(
                name, input, resource: query.indexID, hiding: query.secrets)
            guard let found = answer["ResultItems"]?.array else {
                throw service.unexpected(name, "it has no ResultItems", id)
            }
            guard let read = found.complete(read) else {
                throw service.unexpected(name, "a result has no Id, document or known kind", id)
            }
            items += read
            total = answer["TotalNumberOfResults"]?.integer ?? total
            if found.count < size || page * size >= Self.resultCount { break }
            page += 1
        }
        return (Array(items.prefix(limit)), total)
    }
}
