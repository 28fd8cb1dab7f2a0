import Foundation
import Models
import TestSupport
import Testing

/// The built program, run as a user would run it.
struct CommandLineRun {
    var status: Int32
    var output: String
    var errors: String

    /// - Parameter data: the data folder; the embedded model comes from the cache that scripts/setup fills.
    init(_ arguments: [String], data: URL? = nil, input: String? = nil, environment: [String: String] = [:])
        throws
    {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments + (data.map { ["--data", $0.path] } ?? [])
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (output, errors, inputPipe) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = inputPipe
        try process.run()
        if let input { try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try inputPipe.fileHandleForWriting.close()
        let collected = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = String(decoding: collected, as: UTF8.self)
        self.errors = String(decoding: complaints, as: UTF8.self)
    }

    /// The program lies beside the bundle of the tests.
    static func executable() throws -> URL {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = bundle.appendingPathComponent("millrace")
        try #require(
            FileManager.default.isExecutableFile(atPath: program.path), "no program at \(program.path)")
        return program
    }
}

@Suite(.serialized, .timeLimit(.minutes(5))) struct `The command line` {
    @Test func `takes the sample space in and answers from it, within the reader's rights`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        let space = Fixtures.url("space").path
        let first = try CommandLineRun(["ingest", "--export", space, "--json"], data: data)
        #expect(first.status == 0, "\(first.errors)")
        let again = try CommandLineRun(["ingest", "--export", space, "--json"], data: data)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
        let chunks = try #require(report["chunks"] as? [String: Any])
        #expect(chunks["embedded"] as? Int == 0)
        #expect(chunks["added"] as? Int == 0)

        let engineer = ["--as", "user:lena.fischer,group:confluence-users,group:engineering", "--json"]
        let found = try CommandLineRun(["search", "salary bands of senior engineers"] + engineer, data: data)
        #expect(!found.output.contains("\"1026\""))
        let lead = try CommandLineRun(
            [
                "search", "salary bands of senior engineers", "--as",
                "group:confluence-users,group:people-ops", "--json",
            ],
            data: data)
        #expect(lead.output.contains("\"1026\""), "\(lead.output.prefix(400))")
        let nobody = try CommandLineRun(["search", "laptop", "--as", "anyone", "--json"], data: data)
        #expect(nobody.status == 4)
        #expect(nobody.output.contains("\"count\" : 0"))
    }

    @Test func `a site backup brings the members of its groups, and a dry run of it brings nothing`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        let ingest = ["ingest", "--export", Fixtures.url("exports/site-backup").path, "--json"]
        #expect(try CommandLineRun(ingest + ["--dry-run"], data: data).status == 0)
        #expect(!FileManager.default.fileExists(atPath: data.path))
        let run = try CommandLineRun(ingest, data: data)
        #expect(run.status == 0, "\(run.errors)")
        // The space is open to the group “finance”, of which the backup says that Dana is in it and Eli is not.
        let dana = try CommandLineRun(["search", "budget", "--as", "user:dana", "--json"], data: data)
        #expect(dana.output.contains("\"30\""), "\(dana.output.prefix(400))")
        let eli = try CommandLineRun(["search", "budget", "--as", "user:eli", "--json"], data: data)
        #expect(!eli.output.contains("\"30\""), "\(eli.output.prefix(400))")
    }

    @Test func `serve says what it misses to follow a Confluence`() throws {
        let folder = try TemporaryDirectory()
        let run = try CommandLineRun(
            ["serve", "--port", "0", "--set", "confluence.sync_minutes=5"], data: folder.url)
        #expect(run.status != 0)
        #expect(run.errors.contains("confluence.url"), "\(run.errors)")
    }

    @Test func `refuses a second process on the same data folder`() throws {
        let folder = try TemporaryDirectory()
        let descriptor = open(folder.url.appendingPathComponent("lock").path, O_RDWR | O_CREAT, 0o600)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        defer { close(descriptor) }
        try folder.write("", to: "corpus.sqlite")
        let run = try CommandLineRun(["search", "anything"], data: folder.url)
        #expect(run.status == 1)
        #expect(run.errors.contains("in use by another process"))
    }

    @Test(arguments: [["search", "anything"], ["ask", "anything?"]])
    func `a command that reads makes no data folder`(command: [String]) throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("typo")
        let missing = try CommandLineRun(command, data: data)
        #expect(missing.status == 1 && missing.errors.contains("no data folder"), "\(missing.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path))
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let empty = try CommandLineRun(command, data: data)
        #expect(empty.status == 1 && empty.errors.contains("no documents"), "\(empty.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: data.path).isEmpty)
    }

    @Test(arguments: [["components"], ["flows", "list"], ["flows", "export", "question-answering"]])
    func `tells what there is without a data folder, and makes none`(command: [String]) throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        let run = try CommandLineRun(command, data: data)
        #expect(run.status == 0 && !run.output.isEmpty, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path))
    }

    @Test func `a mistyped command, space or principal is named with what was meant`() throws {
        let command = try CommandLineRun(["aks", "how?"])
        #expect(command.status == 64 && command.errors.contains("Did you mean “ask”?"), "\(command.errors)")
        let inner = try CommandLineRun(["index", "verfy"])
        #expect(inner.status == 64 && inner.errors.contains("Did you mean “verify”?"), "\(inner.errors)")
        let person = try CommandLineRun(["ask", "x", "--as", "lena"])
        #expect(person.status == 64 && person.errors.contains("user:lena"), "\(person.errors)")
        #expect(person.errors.contains("group:lena"))

        let folder = try TemporaryDirectory()
        try folder.write("# Oil\n\nGrade nine.", to: "pages/oil.md")
        let data = folder.url.appendingPathComponent("data")
        let pages = folder.url.appendingPathComponent("pages").path
        #expect(try CommandLineRun(["ingest", "--export", pages], data: data).status == 0)
        for command in ["search", "ask"] {
            let space = try CommandLineRun([command, "oil", "--space", "FOLDRE"], data: data)
            #expect(space.status == 1 && space.errors.contains("no space “FOLDRE”"), "\(space.errors)")
            #expect(space.errors.contains("Did you mean “FOLDER”?"))
        }
        let found = try CommandLineRun(["search", "grade nine oil", "--space", "FOLDER"], data: data)
        #expect(found.status == 0, "\(found.errors)")
    }

    @Test(arguments: [
        ["work", "--drain"], ["work"], ["index", "stats"], ["index", "verify"], ["index", "compact"],
        ["index", "publish"], ["flows", "run", "question-answering", "anything?"], ["why-not", "a", "b"],
        ["keys", "list"], ["audit"], ["backup", "create", "--to", "nowhere"],
    ])
    func `a command for a data folder that is there makes none of a mistyped name`(command: [String]) throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("typo")
        let run = try CommandLineRun(command, data: data)
        #expect(run.status == 1, "\(command): \(run.errors)")
        #expect(run.errors.contains(data.path), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path), "\(command)")
    }

    @Test(arguments: [
        (["ask", "x", "--top-k", "0"], "--top-k", "from 1 to 50"),
        (["ask", "x", "--top-k", "51"], "--top-k", "from 1 to 50"),
        (["ask", "x", "--top-k", "many"], "--top-k", "Passages that the answer may rest on"),
        (["search", "x", "--limit", "0"], "--limit", "from 1 to 100"),
        (["audit", "--limit", "10001"], "--limit", "from 1 to 10000"),
        (["eval", "a.jsonl", "--concurrency", "257"], "--concurrency", "from 1 to 256"),
        (["evidence", "a.jsonl", "--units", "0"], "--units", "from 1 to 10000"),
        (["serve", "--port", "65536"], "--port", "from 0 to 65535"),
        (["top", "--interval", "0"], "--interval", "from 0.2 to 3600"),
        (["keys", "create", "--name", "a", "--days", "0"], "--days", "from 1 to 3650"),
        (
            ["keys", "create", "--name", "a", "--requests-per-minute", "0"], "--requests-per-minute",
            "from 1 to 1000000"
        ),
        (["keys", "create", "--name", "a", "--concurrent-runs", "0"], "--concurrent-runs", "from 1 to 1024"),
        (["keys", "rotate", "mr_a", "--overlap", "721"], "--overlap", "from 0 to 720"),
        (["backup", "prune", "--keep", "0"], "--keep", "1 or more"),
        (["backup", "create", "--keep", "0"], "--keep", "1 or more"),
    ])
    func `a number out of range ends with 64, the option's name and what it takes`(
        arguments: [String], option: String, allowed: String
    ) throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        let run = try CommandLineRun(arguments, data: data)
        #expect(run.status == 64, "\(arguments): \(run.errors)")
        #expect(run.errors.contains(option) && run.errors.contains(allowed), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path))
    }

    @Test func `an unpacked HTML export is refused like a zipped one`() throws {
        let folder = try TemporaryDirectory()
        for name in ["index.html", "Home_10001.html", "styles/site.css"] {
            try folder.write("<p>text</p>", to: "export/" + name)
        }
        let data = folder.url.appendingPathComponent("data")
        let export = folder.url.appendingPathComponent("export").path
        let run = try CommandLineRun(["ingest", "--export", export], data: data)
        #expect(run.status == 1 && run.errors.contains("HTML export"), "\(run.errors)")
    }

    @Test func `names the file, the line and the key of a mistyped setting`() throws {
        let folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("millrace.yaml")
        try Data("data: x\nserver:\n  prot: 81\n".utf8).write(to: file)
        let run = try CommandLineRun(["doctor", "--settings", "--config", file.path])
        #expect(run.status != 0)
        #expect(run.errors.contains("millrace.yaml:3"))
        #expect(run.errors.contains("server.prot"))
        #expect(run.errors.contains("server.port"))
    }

    @Test(arguments: [
        ["ask", "x", "--as", "lena"], ["ingest"], ["ingest", "--export", "a", "--confluence", "b"], ["eval"],
        ["serve", "--prot", "1"], ["nonsense"],
    ])
    func `a mistyped command ends with 64 and says what it takes`(arguments: [String]) throws {
        let run = try CommandLineRun(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains("Usage"))
    }

    @Test func `what is no export is refused by name and nothing is stored`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.url.appendingPathComponent("data")
        let file = folder.url.appendingPathComponent("notes.zip")
        try Data("no zip at all".utf8).write(to: file)
        let run = try CommandLineRun(["ingest", "--export", file.path], data: data)
        #expect(run.status == 1)
        #expect(run.errors.contains("notes.zip"))
        let missing = try CommandLineRun(["ingest", "--export", file.path + "x"], data: data)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("no file or folder"))
    }

    @Test func `parse shows text, Markdown, JSON and chunks of what comes in`() throws {
        let page = "<h1>Deploy</h1><p>Run <strong>it</strong>&nbsp;now.</p>"
        #expect(
            try CommandLineRun(["parse", "-", "--format", "text"], input: page).output.contains("Run it"))
        #expect(
            try CommandLineRun(["parse", "-", "--format", "markdown"], input: page).output.contains("**it**"))
        #expect(
            try CommandLineRun(["parse", "-", "--format", "json"], input: page).output.contains("heading"))
        let chunks = try CommandLineRun(["parse", "-", "--format", "chunks", "--title", "T"], input: page)
        #expect(chunks.output.contains("tokens"), "\(chunks.errors)")
    }

    @Test func `a model file with the wrong hash is refused by name`() throws {
        let model = try TemporaryDirectory()
        let right = LocalEmbedder.defaultDirectory()
        for name in ["model.safetensors", "config.json"] {
            try FileManager.default.createSymbolicLink(
                at: model.url.appendingPathComponent(name),
                withDestinationURL: right.appendingPathComponent(name))
        }
        var words = try Data(contentsOf: right.appendingPathComponent("vocab.txt"))
        words[words.count / 2] ^= 1
        _ = try model.write(words, to: "vocab.txt")
        let run = try CommandLineRun(
            ["embed", "--texts", "-", "--out", model.path("v.npy")], input: "one\n",
            environment: ["MILLRACE_MODEL_DIR": model.url.path])
        #expect(run.status == 1)
        #expect(run.errors.contains("vocab.txt") && run.errors.contains("SHA-256"), "\(run.errors)")
    }

    @Test func `embed writes one row a line, an empty line included`() throws {
        let folder = try TemporaryDirectory()
        let out = folder.url.appendingPathComponent("v.npy")
        let run = try CommandLineRun(["embed", "--texts", "-", "--out", out.path], input: "one\n\ntwo\n")
        #expect(run.status == 0, "\(run.errors)")
        let file = try Data(contentsOf: out)
        #expect(file.prefix(6) == Data([0x93]) + Data("NUMPY".utf8))
        #expect(file.count % 64 == (3 * 384 * 4) % 64)
        #expect(String(decoding: file.prefix(128), as: UTF8.self).contains("(3, 384)"))
    }
}
