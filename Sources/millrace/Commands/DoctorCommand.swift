import ArgumentParser
import Corpus
import Documents
import Foundation
import Ingest
import Models
import VectorIndex

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tells what works here and what does not, and what to do about it.",
        discussion: "Exit code 1 when something that the settings need does not work.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "List every setting with its value and where it came from instead.")
    var settings = false

    func run() async throws {
        let configuration = try common.configuration()
        if settings {
            try printSettings(configuration)
            return
        }
        let findings = await Diagnosis(Composition(configuration)).findings()
        if common.json {
            print(try JSONText.encode(findings))
        } else {
            for finding in findings {
                let mark = finding.isFine ? Terminal.styled("ok  ", .green) : Terminal.styled("FAIL", .red)
                print("\(mark) \(finding.part): \(finding.detail)")
            }
        }
        if findings.contains(where: { !$0.isFine }) { throw ExitCode.failure }
    }

    private struct SettingOutput: Encodable {
        var key: String
        var value: String
        var origin: String
        var environment: String
        var meaning: String
    }

    private func printSettings(_ configuration: Configuration) throws {
        let rows = ConfigurationKey.all.map { key -> SettingOutput in
            let entry = configuration.settings.entries[key.path]
            let isHidden = ConfigurationKey.secrets.contains(key.path) && !(entry?.value.isEmpty ?? true)
            return SettingOutput(
                key: key.path, value: isHidden ? "(set)" : entry?.value ?? "", origin: entry?.origin ?? "",
                environment: key.environmentName, meaning: key.meaning)
        }
        if common.json {
            print(try JSONText.encode(rows))
            return
        }
        for row in rows {
            print("\(row.key): \(row.value.isEmpty ? "\"\"" : row.value)  # \(row.meaning) [\(row.origin)]")
        }
    }
}

/// One part and whether it works.
struct Finding: Encodable, Sendable {
    var part: String
    var isFine: Bool
    var detail: String
}

/// Tries every part that the settings name.
struct Diagnosis: Sendable {
    let composition: Composition

    init(_ composition: Composition) {
        self.composition = composition
    }

    func findings() async -> [Finding] {
        var findings = [model()]
        findings += await embedding()
        findings += await data()
        findings.append(await attachments())
        if composition.configuration.answerProvider == .bedrock { findings.append(credentials()) }
        return findings
    }

    private func model() -> Finding {
        let folder = composition.configuration.modelFolder
        guard composition.configuration.embeddingProvider == .local else {
            return Finding(
                part: "local model", isFine: true, detail: "not used; embeddings come from Bedrock")
        }
        do {
            try LocalModel.verify(modelDirectory: folder)
            try LocalModel.verifyChecksums(modelDirectory: folder, sha256: FileHash.sha256)
            return Finding(
                part: "local model", isFine: true,
                detail: "\(LocalModel.name) in \(folder.path), hashes right")
        } catch {
            return Finding(part: "local model", isFine: false, detail: "\(error)")
        }
    }

    private func embedding() async -> [Finding] {
        do {
            let embedder = try composition.embedder()
            let clock = ContinuousClock()
            let start = clock.now
            let vector = try await embedder.embed(["How long is a shift on call?"], purpose: .query)[0]
            let milliseconds = (((clock.now - start) / .milliseconds(1)) * 10).rounded() / 10
            return [
                Finding(
                    part: "embeddings", isFine: vector.count == embedder.model.dimension,
                    detail:
                        "\(embedder.model.name), \(vector.count) dimensions, a question in \(milliseconds) ms"
                )
            ]
        } catch {
            return [Finding(part: "embeddings", isFine: false, detail: "\(error)")]
        }
    }

    private func data() async -> [Finding] {
        let folder = composition.configuration.dataFolder
        guard FileManager.default.fileExists(atPath: folder.path) else {
            return [
                Finding(
                    part: "data folder", isFine: true,
                    detail: "\(folder.path) is not there yet; ingest makes it")
            ]
        }
        do {
            let corpus = try composition.corpus()
            let versions = try await corpus.storedVersions()
            let synced = try await corpus.state("synced_at") ?? "never"
            var findings = [
                Finding(
                    part: "data folder", isFine: true,
                    detail: "\(folder.path), \(versions.count) documents, last sync \(synced)")
            ]
            let embedder = try composition.embedder()
            let chunks = try await corpus.countChunks(model: embedder.model.name)
            let index = try await composition.index(corpus, model: embedder.model)
            findings.append(
                Finding(
                    part: "vector index", isFine: index.count == chunks,
                    detail: "\(index.count) of \(chunks) chunks"))
            return findings
        } catch {
            return [Finding(part: "data folder", isFine: false, detail: "\(error)")]
        }
    }

    /// Which kinds of attachments can be read here. What is missing does not stop the rest, but those files
    /// will be reported as failed.
    private func attachments() async -> Finding {
        do {
            let options = try composition.attachmentText().options
            let formats = AttachmentFormat.allCases.filter(options.formats.contains).map(\.rawValue)
            let detail = formats.isEmpty ? "none are read" : formats.joined(separator: ", ")
            guard options.formats.contains(.pdf) else {
                return Finding(part: "attachments", isFine: true, detail: detail)
            }
            let version = try await PDFTool.version(options)
            return Finding(
                part: "attachments", isFine: true,
                detail: "\(detail); \(version), \(options.pdftotext ?? "")")
        } catch let refusal as AttachmentRefusal {
            return Finding(
                part: "attachments", isFine: false,
                detail: "PDFs cannot be read: \(refusal), or leave pdf out of ingest.attachments")
        } catch {
            return Finding(part: "attachments", isFine: false, detail: "\(error)")
        }
    }

    private func credentials() -> Finding {
        let environment = ProcessInfo.processInfo.environment
        let missing = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter {
            (environment[$0] ?? "").isEmpty
        }
        return Finding(
            part: "AWS credentials", isFine: missing.isEmpty,
            detail: missing.isEmpty
                ? "found in the environment" : "set \(missing.joined(separator: " and ")) in the environment")
    }
}
