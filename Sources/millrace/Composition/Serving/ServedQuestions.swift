import Corpus
import Foundation
import Server

/// Questions of the command line to the process that serves their data folder, over a Unix socket in it.
///
/// Whoever can open the socket could open the folder: they ask as whom they like, as they could if nobody served it. What
/// comes back is what a command prints, made by the same code.
struct ServedQuestions {
    /// The name of the socket in the data folder; of no part of a backup.
    static let name = ".questions"

    /// The graph of the default tenant.
    private let root: Services

    init(root: Services) {
        self.root = root
    }

    private var folder: URL { root.settings[\.data] }
    private var path: String { folder.appendingPathComponent(Self.name).path(percentEncoded: false) }

    /// Asks the process that serves.
    ///
    /// - Returns: `nil` when none takes questions.
    /// - Throws: ``LocalCallError``; ``CommandError`` with what that process says is wrong.
    func answer(_ asked: AskedQuestion) async throws -> PrintedAnswer? {
        let message = try JSONEncoder().encode(asked)
        guard let data = try await LocalCall.send(message, to: path) else { return nil }
        guard let reply = try? JSONDecoder().decode(Reply.self, from: data) else {
            throw CommandError(
                "The process that serves \(folder.path) is another version than this one. Start it anew.")
        }
        switch reply {
        case .printed(let printed): return printed
        case .refused(let reason): throw CommandError(reason)
        }
    }

    /// What answers them, for as long as this process serves.
    ///
    /// - Parameter tenants: the graphs of the other tenants that are served, by their names.
    func point(_ tenants: [String: Services]) -> LocalPoint {
        LocalPoint(path: path, logger: root.logger) { message in
            let reply: Reply
            do {
                let asked = try JSONDecoder().decode(AskedQuestion.self, from: message)
                reply = .printed(try await printed(asked, tenants))
            } catch is DecodingError {
                reply = .refused(
                    "The process that serves \(folder.path) is another version than this one. Start it anew.")
            } catch {
                reply = .refused("\(error)")
            }
            return (try? JSONEncoder().encode(reply)) ?? Data()
        }
    }

    private func printed(_ asked: AskedQuestion, _ tenants: [String: Services]) async throws -> PrintedAnswer
    {
        let served = asked.tenant.map { tenants[$0] } ?? root
        guard let services = served else {
            throw CommandError(
                """
                The process that serves \(folder.path) does not serve the tenant “\(asked.tenant ?? "")”. Start it with \
                that name among \(Settings.name(\.tenants)), or stop it.
                """)
        }
        let differing = services.settings.differing(from: asked.overrides)
        guard differing.isEmpty else {
            throw CommandError(
                """
                The process that serves \(folder.path) has other values for \(differing.joined(separator: ", ")). \
                Ask without --set for these, or stop it.
                """)
        }
        let corpus = try services.corpus()
        try await SpaceNames.check(asked.spaces, corpus, corpus.scope(for: asked.reader))
        return try await services.printed(asked, corpus)
    }
}

private enum Reply: Codable {
    case printed(PrintedAnswer)
    /// With the reason, for people.
    case refused(String)
}
