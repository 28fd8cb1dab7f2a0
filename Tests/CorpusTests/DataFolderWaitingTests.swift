import Corpus
import CorpusSQLite
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Who waits for a data folder` {
    @Test func `has it when its holder lets go, and is told who holds it when the time is over`() async throws
    {
        let folder = try TemporaryDirectory()
        try await DataFolder.waitUntilFree(folder.url, atMost: .zero)
        var held: DataFolder? = try DataFolder(folder.url)
        await #expect(throws: CorpusError.self) {
            try await DataFolder.waitUntilFree(folder.url, atMost: .milliseconds(30))
        }
        let waiting = Task { try await DataFolder.waitUntilFree(folder.url, atMost: .seconds(50)) }
        withExtendedLifetime(held) {}
        held = nil
        try await waiting.value
        _ = try DataFolder(folder.url)
    }
}
