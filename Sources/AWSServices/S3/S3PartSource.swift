import Concurrency
import Foundation
import Transport

/// Pieces of any size to parts; one task takes them.
actor S3PartSource {
    struct Part: Sendable {
        /// From 1 on.
        var number: Int
        var data: Data
    }

    private let pieces: ExclusiveIterator<PulledSequence<Data>.AsyncIterator>
    private let parts: S3Parts
    private var rest = Data()
    private var number = 0
    private var isFinished = false
    /// Parts that were taken to look ahead, the first last. Nobody else holds them while the others are written.
    private var ahead: [Part] = []

    init(_ pieces: PulledSequence<Data>, _ parts: S3Parts) {
        self.pieces = ExclusiveIterator(pieces.makeAsyncIterator())
        self.parts = parts
    }

    /// What fits in one part; `nil` where there is more, which ``next()`` then gives from the first part on.
    func whole() async throws -> Data? {
        guard let first = try await next() else { return Data() }
        guard let second = try await next() else { return first.data }
        ahead = [second, first]
        return nil
    }

    /// - Returns: `nil` after the last.
    func next() async throws -> Part? {
        if let part = ahead.popLast() { return part }
        let wanted = parts.bytes(ofPart: number + 1)
        while !isFinished, rest.count < wanted {
            guard let piece = try await pieces.next() else {
                isFinished = true
                break
            }
            // A piece of a part's size is the part: nothing is copied.
            guard !rest.isEmpty || piece.count < wanted else {
                rest = piece
                continue
            }
            if rest.isEmpty { rest.reserveCapacity(wanted) }
            rest.append(piece)
        }
        guard !rest.isEmpty else { return nil }
        number += 1
        guard number <= S3Parts.mostParts else {
            throw AWSError.invalidOperation(
                service: "s3", operation: "UploadPart", reason: "an object has 10,000 parts at most")
        }
        let taken = rest
        guard taken.count > wanted else {
            rest = Data()
            return Part(number: number, data: taken)
        }
        // Of a large piece the rest stays where it is; a small rest must not keep a large piece in memory.
        let left = taken.dropFirst(wanted)
        rest = left.count < wanted ? Data(left) : left
        return Part(number: number, data: taken.prefix(wanted))
    }
}
