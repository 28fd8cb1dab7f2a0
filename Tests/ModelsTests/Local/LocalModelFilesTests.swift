import Foundation
import Models
import TestSupport
import Testing

/// The model's folder with one file replaced or left out.
private func folder(replacing name: String, with content: Data?) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for file in ["config.json", "vocab.txt", "model.safetensors"] where file != name {
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: file),
            withDestinationURL: LocalModelFolder.file(file).resolvingSymlinksInPath())
    }
    if let content { try folder.write(content, to: name) }
    return folder
}

private func refusal(_ folder: TemporaryDirectory) -> ModelsError? {
    #expect(throws: ModelsError.self) { try LocalModel.verify(modelDirectory: folder.url) }
    do throws(ModelsError) {
        _ = try LocalEmbedder(modelDirectory: folder.url, threads: 1)
        return nil
    } catch {
        return error
    }
}

@Suite struct `Model files` {
    @Test func `the fetched model passes`() throws {
        #expect(throws: Never.self) { try LocalModel.verify(modelDirectory: LocalModelFolder.url) }
    }

    @Test(arguments: ["config.json", "vocab.txt", "model.safetensors"])
    func `a missing file is named`(name: String) throws {
        let folder = try folder(replacing: name, with: nil)
        #expect(refusal(folder) == .missing(file: folder.path(name)))
    }

    @Test(arguments: [0, 100, 11_000, 1_000_000])
    func `weights cut short are damaged, whatever is left of them`(count: Int) throws {
        let start = try FileHandle(forReadingFrom: LocalModelFolder.file("model.safetensors")).read(
            upToCount: count)
        let folder = try folder(replacing: "model.safetensors", with: start ?? Data())
        guard case .damaged(folder.path("model.safetensors"), _) = refusal(folder) else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test func `weights of another network are not supported`() throws {
        let folder = try folder(replacing: "model.safetensors", with: SafetensorsFile.data())
        guard case .unsupported(folder.path("model.safetensors"), let reason) = refusal(folder) else {
            Issue.record("not refused as unsupported")
            return
        }
        #expect(reason == "it has no tensor embeddings.word_embeddings.weight")
    }

    @Test(arguments: [
        ("384", "768", "hidden_size is 768, expected 384"),
        ("\"gelu\"", "\"relu\"", "hidden_act is relu, expected gelu"),
        ("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 12", "num_hidden_layers is 12, expected 6"),
    ])
    func `a configuration of another network is named`(from: String, to: String, reason: String) throws {
        let text = try String(contentsOf: LocalModelFolder.file("config.json"), encoding: .utf8)
        let folder = try folder(
            replacing: "config.json", with: Data(text.replacingOccurrences(of: from, with: to).utf8))
        #expect(refusal(folder) == .unsupported(file: folder.path("config.json"), reason: reason))
    }

    @Test func `a configuration that is not JSON is damaged`() throws {
        let folder = try folder(replacing: "config.json", with: Data("{".utf8))
        guard case .damaged(folder.path("config.json"), _) = refusal(folder) else {
            Issue.record("not refused as damaged")
            return
        }
    }

    @Test func `a vocabulary of another size is not supported`() throws {
        let folder = try folder(replacing: "vocab.txt", with: Data("[UNK]\n[CLS]\n[SEP]\n".utf8))
        #expect(
            refusal(folder)
                == .unsupported(file: folder.path("vocab.txt"), reason: "it has 3 pieces, expected 30522"))
    }

    @Test func `a file with another checksum is named with both`() throws {
        let expected = Dictionary(uniqueKeysWithValues: LocalModel.files.map { ($0.name, $0.sha256) })
        try LocalModel.verifyChecksums(modelDirectory: LocalModelFolder.url) {
            try #require(expected[$0.lastPathComponent]).uppercased()
        }
        let file = LocalModelFolder.file("vocab.txt").path
        let error = ModelsError.wrongChecksum(
            file: file, expected: try #require(expected["vocab.txt"]), actual: "00ff")
        #expect(throws: error) {
            try LocalModel.verifyChecksums(modelDirectory: LocalModelFolder.url) { url in
                url.path == file ? "00ff" : try #require(expected[url.lastPathComponent])
            }
        }
        #expect("\(error)".contains("its SHA-256 is 00ff, expected 07eced"))
    }

    @Test func `the folder comes from the environment, else from the cache`() {
        #expect(LocalEmbedder.defaultDirectory(environment: ["MILLRACE_MODEL_DIR": "/m"]).path == "/m")
        #expect(
            LocalEmbedder.defaultDirectory(environment: ["XDG_CACHE_HOME": "/c"]).path
                == "/c/millrace/all-MiniLM-L6-v2")
        #expect(
            LocalEmbedder.defaultDirectory(environment: [:]).path.hasSuffix(
                "/.cache/millrace/all-MiniLM-L6-v2"))
    }
}
