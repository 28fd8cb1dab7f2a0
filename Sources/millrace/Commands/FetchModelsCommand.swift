import ArgumentParser
import Foundation
import Models

struct FetchModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch-models",
        abstract: "Fetches the models that settings name from the model hub.",
        discussion: """
            Of embedding.model and rerank.model, what is on the hub and not here yet; a fetch that was interrupted
            goes on where it stopped. Prints each model's folder and one SHA-256 for all of its files, to be
            pinned by embedding.model_sha256 and rerank.model_sha256. No other command asks the hub.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let services = try await common.services()
        let models = try services.hubModels()
        let hub = try services.hub()
        var lines: [[String: String]] = []
        for (setting, model) in models {
            let fetched = try await Interruption.cancelling {
                let folder = try await hub.folder(of: model)
                return (folder, try ModelHub.hash(of: folder))
            }
            lines.append([
                "setting": setting, "model": model.name, "folder": fetched.0.path, "sha256": fetched.1,
            ])
        }
        if common.json {
            print(try JSONText.encode(lines))
        } else if lines.isEmpty {
            print("Settings name no model of the hub.")
        } else {
            for line in lines {
                print("\(line["model"] ?? ""): \(line["folder"] ?? "")\n  sha256 \(line["sha256"] ?? "")")
            }
        }
    }
}
