import Concurrency
import Foundation
import Synchronization
import Testing
import Transport

@testable import AWSServices

/// Takes the parts of an upload, and counts how many it has at a time.
private final class PartTaker: HTTPClient {
    private struct State {
        var running = 0
        var mostRunning = 0
        var partSizes: [Int: Int] = [:]
        var completion = ""
    }

    private let state = Mutex(State())
    /// Pieces that the source has given.
    let given = Counter()

    var mostRunning: Int { state.withLock { $0.mostRunning } }
    var partSizes: [Int: Int] { state.withLock { $0.partSizes } }
    var completion: String { state.withLock { $0.completion } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        func answer(_ body: String) -> HTTPResponse {
            let head = HTTPResponseHead(status: 200, headers: [("ETag", "\"e\"")])
            return HTTPResponse(head: head, body: Data(body.utf8))
        }
        if request.url.hasSuffix("?uploads") { return answer("<R><UploadId>u</UploadId></R>") }
        guard let number = request.url.firstMatch(of: /partNumber=(\d+)/).flatMap({ Int($0.1) }) else {
            let text = String(decoding: request.body.data ?? Data(), as: UTF8.self)
            state.withLock { $0.completion = text }
            return answer("<R><ETag>\"e-n\"</ETag></R>")
        }
        state.withLock { state in
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            state.partSizes[number] = request.body.length
        }
        // Time for the source to run ahead, if it did.
        for _ in 0..<200 { await Task.yield() }
        state.withLock { $0.running -= 1 }
        return answer("")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        throw .invalidRequest(reason: "nothing is streamed")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `An upload in parts` {
    @Test(arguments: [1, 3])
    func `holds as many parts as its width, and takes no more from its source`(width: Int) async throws {
        let taker = PartTaker()
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: [:]), region: "eu-west-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "A", secretAccessKey: "s")),
            http: taker,
            localHTTP: taker)
        let partBytes = 5 << 20, count = 24
        let piece = Data(count: partBytes / 2)
        let mostAhead = Mutex(0)
        let source = PulledSequence<Data> {
            {
                let number = taker.given.next()
                let sent = taker.partSizes.count * 2
                mostAhead.withLock { $0 = max($0, number - sent) }
                return number < count ? piece : nil
            }
        }
        let s3 = try S3(account)
        let receipt = try await s3.upload(
            "bucket-1", "k", source, parts: S3Parts(partBytes: partBytes, width: width))
        #expect(receipt.eTag == "\"e-n\"")
        #expect(taker.mostRunning <= width)
        #expect(taker.partSizes == Dictionary(uniqueKeysWithValues: (1...12).map { ($0, partBytes) }))
        // Two parts are taken to tell whether there is more than one; then one part at a time, ahead of those
        // that are begun.
        #expect(mostAhead.withLock { $0 } <= 2 * (width + 2))
        let numbers = taker.completion.matches(of: /<PartNumber>(\d+)</).compactMap { Int($0.1) }
        #expect(numbers == Array(1...12))
    }

    @Test func `grows its parts, so that 10,000 of them reach terabytes`() {
        let parts = S3Parts()
        #expect(parts.bytes(ofPart: 1) == 6 << 20 && parts.bytes(ofPart: 1000) == 6 << 20)
        #expect(parts.bytes(ofPart: 1001) == 12 << 20)
        let total = (1...S3Parts.mostParts).reduce(0) { $0 + parts.bytes(ofPart: $1) }
        #expect(total > 5 << 40)
        #expect(S3Parts(partBytes: 1).bytes(ofPart: 1) == 5 << 20)
        #expect(S3Parts(partBytes: 5 << 30).bytes(ofPart: 10_000) == 5 << 30)
    }
}
