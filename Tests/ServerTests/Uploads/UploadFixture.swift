import Concurrency
import Foundation
import HTTPTypes
import TestSupport

@testable import Server

/// A server that takes files for ingest in several requests, on a clock that a test moves.
struct UploadFixture {
    var jobs: JobFixture
    let clock: ManualClock
    private let start: ManualClock.Instant
    private let place: TemporaryDirectory
    var folder: URL { place.url.appendingPathComponent("unfinished") }

    static let text = Data("# Harbour\n\nThe crane of the harbour lifts forty tonnes.\n".utf8)
    static let target = "/v1/ingest/uploads?name=harbour.md&readers=anyone"
    /// In the middle of ``text``.
    static let middle = 20

    init(_ change: (inout ResumableUploads.Limits) -> Void = { _ in }) async throws {
        jobs = try await JobFixture()
        clock = ManualClock()
        start = clock.now
        place = try TemporaryDirectory()
        var limits = ResumableUploads.Limits(bytesPerOwner: 2 * JobFixture.uploadLimitBytes)
        change(&limits)
        jobs.resumable = uploads(limits)
    }

    /// As a process has them that begins now.
    func uploads(_ limits: ResumableUploads.Limits) -> ResumableUploads {
        let clock = clock
        let start = start
        return ResumableUploads(
            folder: folder, limits: limits, logger: jobs.base.log.logger,
            now: { Date(timeIntervalSince1970: start.duration(to: clock.now) / .seconds(1)) })
    }

    /// Another process over the same folder.
    mutating func restart() {
        jobs.resumable = uploads(.init(bytesPerOwner: 2 * JobFixture.uploadLimitBytes))
    }

    /// Begins an upload of ``text``, and gives its address.
    func begin(
        _ body: Data = Data(), headers: HTTPFields = [.uploadComplete: "?0"]
    ) async throws -> APIResponse {
        try await jobs.respond(.post, Self.target, upload: body, headers: headers)
    }

    /// The address of an upload without any bytes.
    func address(as reader: String? = nil) async throws -> String {
        var headers: HTTPFields = [.uploadComplete: "?0"]
        if let reader { headers[.principals] = reader }
        return try await begin(headers: headers).headers[.location] ?? ""
    }

    func append(
        _ body: Data, to address: String, at offset: Int, isLast: Bool = false, headers: HTTPFields = [:],
        pieces: PulledSequence<Data>? = nil
    ) async throws -> APIResponse {
        var fields: HTTPFields = [
            .contentType: UploadFields.contentType, .uploadOffset: String(offset),
            .uploadComplete: isLast ? "?1" : "?0",
        ]
        for field in headers { fields[field.name] = field.value }
        return try await jobs.respond(.patch, address, upload: body, pieces: pieces, headers: fields)
    }

    func offset(of address: String) async throws -> String? {
        try await jobs.respond(.head, address).headers[.uploadOffset]
    }

    /// A body whose connection is lost after `bytes`.
    static func cut(after bytes: Data) -> PulledSequence<Data> {
        PulledSequence(unfolding: {
            var rest: Data? = bytes
            return {
                guard let piece = rest else { throw RequestFault.bodyCutOff }
                rest = nil
                return piece
            }
        })
    }
}
