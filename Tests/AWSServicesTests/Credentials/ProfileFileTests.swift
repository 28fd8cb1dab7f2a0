import Foundation
import TestSupport
import Testing

@testable import AWSServices

/// Two shared files, and what botocore finds in them; `null` where it finds them damaged.
private struct KnownProfiles: Decodable {
    struct Found: Decodable {
        var profiles: [String: [String: String]]
        var sso_sessions: [String: [String: String]]
        var services: [String: [String: String]]
    }

    var config: String
    var credentials: String
    var expected: Found?
}

private struct KnownWords: Decodable {
    var line: String
    var words: [String]?
}

@Suite struct `AWS's shared files` {
    @Test func `are read as botocore reads them`() throws {
        let known = try Fixtures.jsonLines("aws/profiles.jsonl", as: KnownProfiles.self)
        #expect(known.count >= 14)
        for row in known {
            let name: Comment = "\(row.config) \(row.credentials)"
            guard let expected = row.expected else {
                #expect(throws: ProfileFile.Fault.self, name) {
                    try AWSProfiles(config: row.config, credentials: row.credentials)
                }
                continue
            }
            let profiles = try AWSProfiles(config: row.config, credentials: row.credentials)
            let names = Set(profiles.config.keys).union(profiles.credentials.keys)
            #expect(names == Set(expected.profiles.keys), name)
            for profile in names {
                #expect(profiles.settings(profile) == expected.profiles[profile], name)
            }
            #expect(profiles.ssoSessions == expected.sso_sessions, name)
            #expect(profiles.services == expected.services, name)
        }
    }

    @Test func `and commands are cut into words as a shell does it`() throws {
        let known = try JSONDecoder().decode([KnownWords].self, from: Fixtures.data("aws/words.json"))
        for row in known { #expect(ShellWords.split(row.line) == row.words, "\(row.line)") }
    }

    @Test func `that are damaged are told with their place and never their content`() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(Data("[default]\nplanted-secret\n".utf8), to: "credentials")
        let error = await #expect(throws: (any Error).self) {
            try await AWSProfiles.read(variables: [
                "AWS_SHARED_CREDENTIALS_FILE": file.path, "HOME": "/nowhere",
            ])
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("line 2") && text.contains(file.path) && !text.contains("planted"))
    }
}
