import ArgumentParser
import Flow
import FlowService
import Foundation
import Workspace

struct FlowsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the flows that can be run.")

    @OptionGroup var options: FlowOptions

    private struct Row: Encodable {
        var name: String
        var id: String?
        var endpoint: String?
        var latest: Int?
        var published: Int?
        var description: String
    }

    func run() async throws {
        let rows = try await options.reading { service, caller in
            let stored = try await service.store.flows(
                for: caller.owner, project: nil, after: nil, limit: 10_000)
            return service.settingsFlows.map { Row(name: $0.name, description: $0.description) }
                + stored.map {
                    Row(
                        name: $0.name, id: $0.id, endpoint: $0.endpoint, latest: $0.latest,
                        published: $0.published, description: $0.description)
                }
        }
        guard !options.common.json else {
            print(try JSONText.encode(rows))
            return
        }
        for row in rows {
            let facts = [
                row.id, row.endpoint.map { "/\($0)" }, row.latest.map { "version \($0)" },
                row.published.map { "published \($0)" },
            ].compactMap(\.self)
            print(Terminal.styled(Terminal.safe(row.name), .bold))
            if !facts.isEmpty { print("   " + Terminal.styled(facts.joined(separator: " · "), .dim)) }
            if !row.description.isEmpty { print("   " + Terminal.safe(row.description)) }
        }
    }
}
