import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Models

@Suite struct `A reader that is opened later` {
    private final class Openings: Sendable {
        let count = Atomic(0)

        func reader() throws -> PassageReader {
            count.wrappingAdd(1, ordering: .relaxed)
            return try ReaderFolder.reader.get()
        }
    }

    private static let passage = PassageReader.Passage(
        title: "Certificates", text: "The certificates are renewed every ninety days.")
    private static let question = "How often are the certificates renewed?"

    @Test func `is opened once, by whoever reads first, and reads as any other`() async throws {
        let openings = Openings()
        let reader = try LateReader(directory: ReaderFolder.url) { try openings.reader() }
        #expect(openings.count.load(ordering: .relaxed) == 0)
        let expected = try await ReaderFolder.reader.get().read(
            question: Self.question, passages: [Self.passage])
        for _ in 0..<2 {
            let reading = try await reader.read(question: Self.question, passages: [Self.passage])
            #expect(reading == expected)
        }
        #expect(openings.count.load(ordering: .relaxed) == 1)
    }

    @Test func `is opened once, although that was begun before`() async throws {
        let openings = Openings()
        let reader = try LateReader(directory: ReaderFolder.url) { try openings.reader() }
        async let first: Void = reader.open()
        async let second: Void = reader.open()
        _ = try await reader.read(question: Self.question, passages: [Self.passage])
        _ = try await (first, second)
        #expect(openings.count.load(ordering: .relaxed) == 1)
    }

    @Test func `is refused at once where its file is another one, or is not there`() throws {
        let root = try TemporaryDirectory()
        #expect(throws: ModelsError.self) {
            try LateReader(directory: root.url) { try ReaderFolder.reader.get() }
        }
        try root.write(Data("weights".utf8), to: ReaderModel.fileName)
        #expect(throws: ModelsError.self) {
            try LateReader(directory: root.url) { try ReaderFolder.reader.get() }
        }
    }

    @Test func `says at each reading why it cannot be opened`() async throws {
        struct Closed: Error {}
        let reader = try LateReader(directory: ReaderFolder.url) { throw Closed() }
        for _ in 0..<2 {
            await #expect(throws: Closed.self) {
                try await reader.read(question: Self.question, passages: [Self.passage])
            }
        }
    }

    @Test func `is tried again after a moment in which it could not be opened`() async throws {
        struct Closed: Error {}
        let openings = Openings()
        let reader = try LateReader(directory: ReaderFolder.url) {
            let opened = try openings.reader()
            guard openings.count.load(ordering: .relaxed) > 1 else { throw Closed() }
            return opened
        }
        await #expect(throws: Closed.self) {
            try await reader.read(question: Self.question, passages: [Self.passage])
        }
        for _ in 0..<2 {
            let readings = try await reader.read(question: Self.question, passages: [Self.passage])
            #expect(readings.count == 1)
        }
        #expect(openings.count.load(ordering: .relaxed) == 2)
    }
}
