import Corpus
import Foundation
import Logging
import TestSupport
import Testing

@testable import millrace

@Suite struct `The list of settings` {
    @Test func `names each key and each variable once, and accepts its own standard values`() {
        #expect(Set(Keys.all.map(\.key)).count == Keys.all.count)
        #expect(Set(Keys.all.map(\.environmentName)).count == Keys.all.count)
        #expect(Keys.all.count > 60)
        for setting in Keys.all { #expect(setting.refusal(setting.standard) == nil, "\(setting.key)") }
    }

    @Test func `is the table of docs`() throws {
        let url = Fixtures.checkout.appendingPathComponent("docs/command-line.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- settings -->\n"))
        let end = try #require(text.range(of: "<!-- end of settings -->"))
        let table = SettingsTable().markdown
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] == "1" {
            try text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
                .write(to: url, atomically: true, encoding: .utf8)
            return
        }
        #expect(String(text[start.upperBound..<end.lowerBound]) == table)
    }

    @Test func `is the only place where a key is spelled`() throws {
        let sources = Fixtures.checkout.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let swift = files.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("millrace/Settings/Keys") }
        #expect(swift.count > 100)
        // “data” is a word as well as a key.
        let keys = Set(Keys.all.map(\.key).filter { $0.contains(".") })
        for file in swift {
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
                .split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
                // OpenTelemetry calls an attribute of spans `server.port` as well.
                .filter { !$0.contains(".set(\"server.port\"") }
                .joined(separator: "\n")
            // What stands between two quotes.
            let spelled = text.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().dropLast()
            for key in keys.intersection(spelled.map(String.init)).sorted() {
                Issue.record("\(file) spells “\(key)”; take it from Keys")
            }
        }
    }
}

@Suite struct `Principals of settings` {
    @Test(arguments: [
        #"server: {default_principals: 'user:ann, "group:night, shift"'}"#,
        #"server: {default_principals: 'user:ann,group:"night, shift"'}"#,
        "server:\n  default_principals:\n    - user:ann\n    - group:night, shift",
    ])
    func `may have commas in their names`(yaml: String) throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(yaml, to: "millrace.yaml")
        let settings = try Settings(file: file.path, environment: [:], overrides: [])
        #expect(settings[\.server.defaultPrincipals] == Reader([.user("ann"), .group("night, shift")]))
    }
}

@Suite struct `Values of settings` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func settings(
        _ yaml: String, environment: [String: String] = [:], overrides: [String] = []
    ) throws -> Settings {
        let file = try folder.write(yaml, to: "millrace.yaml")
        return try Settings(file: file.path, environment: environment, overrides: overrides)
    }

    private func message(_ yaml: String, overrides: [String] = []) -> String {
        let error = #expect(throws: ConfigurationError.self) { try settings(yaml, overrides: overrides) }
        return (error?.description ?? "").replacing(folder.url.path + "/", with: "")
    }

    @Test func `come from the file, then the environment, then the command line`() throws {
        let yaml = "server:\n  port: 81\n  host: localhost\nconfluence:\n  spaces: [ENG, 'TEAM-*']\n"
        let environment = ["MILLRACE_SERVER_PORT": "82", "MILLRACE_LOG_LEVEL": "debug"]
        let file = try settings(yaml)
        #expect(file[\.server.port] == 81)
        #expect(file[\.server.host] == "localhost")
        #expect(file[\.confluence.spaces] == ["ENG", "TEAM-*"])
        #expect(file[\.log.level] == .info)
        let boosts = try settings("search:\n  boost_spaces: HR = 1.5, A=B=0.5\n")[\.search.boostSpaces]
        #expect(boosts == ["HR": 1.5, "A=B": 0.5])
        let variables = try settings(yaml, environment: environment)
        #expect(variables[\.server.port] == 82)
        #expect(variables[\.log.level] == .debug)
        let options = try settings(yaml, environment: environment, overrides: ["server.port=83"])
        #expect(options[\.server.port] == 83)
    }

    @Test(arguments: [
        ("server:\n  prot: 81\n", 2, "there is no setting “server.prot”. Did you mean “server.port”?"),
        ("sever:\n  port: 81\n", 1, "there is no setting “sever”."),
        (
            "server:\n  port: many\n", 2,
            "“server.port” is “many”; a whole number from 0 to 65535 is expected."
        ),
        ("search:\n  floor: -0.5\n", 2, "“search.floor” is “-0.5”; a number from 0.0 to 20.0 is expected."),
        (
            "search:\n  boost_spaces: HR=1.5, OLD\n", 2,
            "“search.boost_spaces” is “HR=1.5, OLD”; "
                + "NAME=NUMBER, … is expected, each number 0.01…100, such as HR=1.5, OLD=0.5."
        ),
        (
            "search:\n  boost_labels: old=-2\n", 2,
            "“search.boost_labels” is “old=-2”; "
                + "NAME=NUMBER, … is expected, each number 0.01…100, such as HR=1.5, OLD=0.5."
        ),
        ("log:\n  format: xml\n", 2, "“log.format” is “xml”; one of auto, text, json is expected."),
        ("confluence:\n  archived: ja\n", 2, "“confluence.archived” is “ja”; true or false is expected."),
        (
            "confluence:\n  created_since: soon\n", 2,
            "“confluence.created_since” is “soon”; "
                + "a date is expected, such as 2026-01-31 or 2026-01-31T12:00:00Z."
        ),
        (
            "confluence:\n  kinds: attachments\n", 2,
            "“confluence.kinds” is “attachments”; pages or blogposts are expected among them."
        ),
        (
            "bedrock:\n  embedding_dimension: 30\n", 2,
            "“bedrock.embedding_dimension” is “30”; a whole number from 64 to 4096, or nothing, is expected."
        ),
        (
            "server: 5\n", 1,
            "keys with values are expected here, such as “server:” with “  port: 8080” below."
        ),
        ("data: {a: b}\n", 1, "“data” takes a single value."),
    ])
    func `that are wrong are refused with file, line and key`(yaml: String, line: Int, text: String) throws {
        #expect(message(yaml) == "millrace.yaml:\(line): \(text)")
    }

    @Test func `that are given twice are refused`() throws {
        #expect(message("http:\n  proxy: a\n  proxy: b\n").hasSuffix("“proxy” is set twice."))
    }

    @Test func `that are wrong on the command line are refused as that`() {
        let shape = "--set data: write it as key=value, such as --set server.port=8081."
        #expect(message("", overrides: ["data"]) == shape)
        #expect(message("", overrides: ["prot=1"]).hasPrefix("--set prot: there is no setting “prot”."))
        #expect(message("", overrides: ["data="]) == "--set data: “data” is “”; a folder is expected.")
    }

    @Test func `that are secret are not told in refusals`() throws {
        let settings = try settings("confluence:\n  token: hunter2\n")
        let error = settings.bad(\.confluence.token, "something else is expected")
        #expect(!error.description.contains("hunter2"))
        #expect(error.description.contains("confluence.token"))
    }

    @Test func `become values of their types`() throws {
        let settings = try settings(
            """
            server:
              default_principals: user:lena, group:ops
            ingest:
              attachments: none
            confluence:
              space_types: [Global, personal]
              updated_since: 2026-01-31
            """)
        #expect(settings[\.server.defaultPrincipals] == Reader([.user("lena"), .group("ops")]))
        #expect(settings[\.ingest.attachments].isEmpty)
        #expect(settings[\.confluence.spaceTypes] == ["global", "personal"])
        #expect(settings[\.confluence.updatedSince] == Date(timeIntervalSince1970: 1_769_817_600))
        #expect(settings[\.confluence.token] == nil)
    }
}
