import AWSServices
import Concurrency
import Foundation
import Models
import Transport

/// Who one is at AWS, and what of AWS the settings may use: one line each.
struct AWSDiagnosis: Sendable {
    let services: Services
    /// The settings that stand for values elsewhere; those of the services unless given.
    var references: [(setting: SettingFacts, reference: AWSValueReference)]?

    var settings: Settings { services.settings }

    func findings() async -> [Finding] {
        let account: AWSAccount
        do {
            account = try await services.awsAccount()
        } catch {
            return [.fails("AWS", "\(error)")]
        }
        // Each for itself: what is denied of one says nothing of the others.
        var findings = [await identity(account)]
        findings += await bedrock()
        findings += await places(account)
        findings += await searches()
        findings += await comprehend()
        for (setting, reference) in references ?? settings.references {
            findings.append(await value(setting.key, "\(reference)", account))
        }
        return findings
    }

    private func identity(_ account: AWSAccount) async -> Finding {
        do {
            let keys = try await account.credentials.credentials()
            let identity = try await STS(account).callerIdentity()
            return .fine(
                "AWS identity",
                "\(identity.arn), account \(identity.account), key …\(keys.accessKeyID.suffix(4)), "
                    + "region \(account.region)")
        } catch {
            return .fails("AWS identity", "\(error)")
        }
    }

    /// The models of the settings, and what else the account could ask.
    private func bedrock() async -> [Finding] {
        let catalog: BedrockCatalog
        do {
            catalog = try BedrockCatalog(
                try await services.awsAccount(settings[\.bedrock.region]))
        } catch {
            return [.fails("Bedrock", "\(error)")]
        }
        var findings: [Finding] = []
        for (use, model) in models { findings.append(await availability(use, model, catalog)) }
        findings += await enabled(catalog)
        return findings
    }

    private var models: [(use: String, model: String)] {
        var models: [(String, String)] = []
        if settings[\.embedding.provider] == .bedrock {
            models.append(("embeds", settings[\.bedrock.embeddingModel]))
        }
        if settings[\.answers.provider] == .bedrock {
            models.append(("answers", settings[\.bedrock.answerModel]))
        }
        if settings[\.rerank.provider] == .bedrock {
            models.append(("reranks", settings[\.bedrock.rerankModel]))
        }
        return models
    }

    /// An inference profile is enabled where its model is; an ARN names what only a call can try.
    private func availability(_ use: String, _ model: String, _ catalog: BedrockCatalog) async -> Finding {
        let part = "Bedrock model that \(use)"
        if model.hasPrefix("arn:") { return .fine(part, "\(model); an ARN is tried by a call alone") }
        do {
            var id = model
            if try await catalog.inferenceProfiles().contains(model), let point = model.firstIndex(of: ".") {
                id = String(model[model.index(after: point)...])
            }
            let found = try await catalog.availability(of: id)
            if found.isEnabled { return .fine(part, "\(model), enabled in \(catalog.region)") }
            let reason =
                !found.isInRegion
                ? "is not offered in \(catalog.region)"
                : "is not enabled; ask for access under “Model access” of Bedrock's console"
            return .fails(part, "\(model) \(reason)")
        } catch {
            return .fails(part, "\(model): \(error)")
        }
    }

    /// How many models the account may ask, and of how many that is not told.
    private func enabled(_ catalog: BedrockCatalog) async -> [Finding] {
        let part = "Bedrock models"
        do {
            let models = try await catalog.models().filter { !$0.isLegacy }
            let answers = try await models.boundedMap(width: 8) { await catalog.isEnabled($0) }
            let enabled = zip(models, answers).filter { (try? $0.1.get()) == true }.map(\.0.id).sorted()
            let refusals = answers.compactMap { answer in
                if case .failure(let error) = answer { error } else { nil }
            }
            var findings: [Finding] = []
            if models.isEmpty || refusals.count < models.count {
                findings.append(
                    .fine(
                        part,
                        "\(enabled.count) of \(models.count) enabled in \(catalog.region): "
                            + enabled.joined(separator: ", ")))
            }
            if let first = refusals.first {
                findings.append(
                    .fails(
                        "\(part) that are not told of", "\(refusals.count) of \(models.count): \(first)"))
            }
            return findings
        } catch {
            return [.fails(part, "\(error)")]
        }
    }

    private func value(_ key: String, _ reference: String, _ account: AWSAccount) async -> Finding {
        do {
            let resolver = try AWSValueResolver(
                secrets: SecretsManager(account), parameters: ParameterStore(account))
            _ = try await resolver.resolve(reference)
            return .fine("value of \(key)", "\(reference) can be read")
        } catch {
            return .fails("value of \(key)", "\(error)")
        }
    }
}

extension BedrockCatalog {
    /// Whether the account may use a model, or why that is not told.
    fileprivate func isEnabled(_ model: Model) async -> Result<Bool, AWSError> {
        do throws(AWSError) {
            return .success(try await availability(of: model.id).isEnabled)
        } catch {
            return .failure(error)
        }
    }
}
