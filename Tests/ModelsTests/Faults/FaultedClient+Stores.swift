import AWSServices
import Concurrency
import Foundation
import TestSupport
import Transport

extension FaultedClient {
    /// Of a write that S3 answers with headers alone.
    private static let bodiless: [Fault: FaultOutcome] = [
        .truncated: .success, .corrupt: .success, .empty: .success,
    ]

    static let stores = [
        FaultedClient("S3, get", .moto) { account, _ in
            let bucket = try await bucket(account)
            _ = try await S3(account).put(bucket, "k", .data(Data("What was kept.".utf8)))
            return { account, _ in _ = try await S3(account).get(bucket, "k") }
        },
        FaultedClient("S3, put", .moto, except: bodiless) { account, _ in
            let bucket = try await bucket(account)
            return { account, _ in _ = try await S3(account).put(bucket, "k", .data(Data("Kept.".utf8))) }
        },
        FaultedClient("S3, put what is not there", .moto, except: bodiless) { account, _ in
            let bucket = try await bucket(account)
            return { account, _ in
                var options = S3WriteOptions()
                options.condition = .isAbsent
                _ = try await S3(account).put(bucket, name("k"), .data(Data("Kept.".utf8)), options: options)
            }
        },
        FaultedClient("S3, parts", .moto) { account, _ in
            let bucket = try await bucket(account)
            let pieces = [Data(count: 6 << 20), Data(count: 1)]
            return { account, _ in
                _ = try await S3(account).upload(bucket, name("k"), PulledSequence(pieces))
            }
        },
        FaultedClient("S3, list", .moto) { account, _ in
            let bucket = try await bucket(account)
            return { account, _ in for try await _ in try S3(account).objects(bucket) {} }
        },
        FaultedClient("Secrets Manager", .moto) { account, _ in
            let name = name("secret")
            try await SecretsManager(account).create(name, AWSSecretText(PlantedSecrets.storedSecret))
            return { account, _ in _ = try await SecretsManager(account).value(name) }
        },
        FaultedClient("SSM", .moto) { account, _ in
            let name = name("/millrace")
            _ = try await ParameterStore(account).put(name, AWSSecretText(PlantedSecrets.storedParameter))
            return { account, _ in _ = try await ParameterStore(account).value(name) }
        },
    ]

    static let keys = [
        FaultedClient("KMS, data key", .moto) { account, _ in
            let key = try await KMS(account).createKey("faults")
            return { account, _ in _ = try await KMS(account).generateDataKey(key, context: [:]) }
        },
        FaultedClient("KMS, decrypt", .moto) { account, _ in
            let key = try await KMS(account).createKey("faults")
            let kept = try await KMS(account).generateDataKey(key, context: [:]).encrypted
            return { account, _ in _ = try await KMS(account).decrypt(kept, keyID: key, context: [:]) }
        },
        FaultedClient("KMS, another key", .moto) { account, _ in
            let key = try await KMS(account).createKey("faults")
            let other = try await KMS(account).createKey("others")
            let kept = try await KMS(account).generateDataKey(key, context: [:]).encrypted
            return { account, _ in _ = try await KMS(account).reencrypt(kept, to: other, context: [:]) }
        },
        FaultedClient("KMS, key", .moto) { account, _ in
            let key = try await KMS(account).createKey("faults")
            return { account, _ in _ = try await KMS(account).arn(of: key) }
        },
        FaultedClient("STS, identity", .moto) { account in
            _ = try await STS(account).callerIdentity()
        },
        FaultedClient("STS, role", .moto) { account in
            _ = try await STS(account).assumeRole(
                "arn:aws:iam::123456789012:role/worker", sessionName: "faults")
        },
    ]

    private static func bucket(_ account: AWSAccount) async throws -> String {
        let bucket = name("bucket")
        try await S3(account).create(bucket)
        return bucket
    }
}
