import Backends

enum DatabaseProvider: String, CaseIterable { case sqlite, postgres }

extension Keys {
    /// Where documents are kept, and what people make.
    struct Database: Sendable {
        let provider = Setting<DatabaseProvider>(
            "database.provider", .sqlite,
            "sqlite keeps documents, flows, runs and keys in the data folder; postgres on a server, which several processes may share, each with indexes of its own in its data folder"
        )
        let host = Setting<String?>(
            "database.host",
            "the server's name, or the folder of its socket; several with commas between, each with a port of its own behind a colon if need be: the first that takes writes is used"
        )
        let url = Setting<String?>(
            "database.url",
            "host, port, name, user and tls in one, as PostgreSQL's programs take it: postgresql://USER@HOST:PORT,HOST:PORT/NAME or “host=… dbname=…”; goes before the settings it names",
            isSecret: true)
        let replicaURL = Setting<String?>(
            "database.replica_url",
            "one or several replicas that serve reads, in the same form; what it does not say is as for the primary. Nothing, and the primary serves all",
            isSecret: true)
        let replicaLag = Setting<Double>(
            "database.replica_lag", 5, in: 0.1...3_600,
            "seconds that what a replica shows of runs and usage may be late; documents and rights are never")
        let port = Setting<Int>("database.port", 5_432, in: 1...65_535, "its port")
        let name = Setting<String>("database.name", "millrace", "the database")
        let schema = Setting<String>(
            "database.schema", "millrace", "the schema of the tables; made if it is not there")
        let user = Setting<String>("database.user", "millrace", "who connects")
        let password = Setting<String?>(
            "database.password",
            "their password; better given as MILLRACE_DATABASE_PASSWORD, or as what it is kept as in AWS, and asked for anew with each connection",
            isSecret: true)
        let signsIn = Setting<Bool>(
            "database.iam", false,
            "whether a token of AWS stands for the password (IAM database authentication of RDS)")
        let tls = Setting<DatabaseTLS>(
            "database.tls", .verifyFull,
            "verify-full believes only a certificate for this very host; verify-ca one for any; require looks at none; disable sends everything as it is"
        )
        let rootCertificate = Setting<String?>(
            "database.root_certificate",
            "a file of the authorities to believe (PEM); for RDS the bundle that AWS publishes")
        let connections = Setting<Int>(
            "database.connections", 8, in: 1...500, "connections of one process at most")
        let statementTimeout = Setting<Double>(
            "database.statement_timeout", 60, in: 0.1...3_600, "seconds that one statement may take")
        let keepsStatements = Setting<Bool>(
            "database.prepared_statements", true,
            "false behind a pooler that gives each transaction another session")
        let sealKeys = Setting<String?>(
            "database.seal_keys",
            "the keys that secrets in the database are sealed with, the same for every process that shares it: lines of the file workspace.key, with commas between; better given as MILLRACE_DATABASE_SEAL_KEYS, or as what they are kept as in AWS",
            isSecret: true)
        let sealKMSKey = Setting<String?>(
            "database.seal_kms_key",
            "the id, ARN or alias of a key of AWS KMS that guards the keys which secrets are sealed with: they are made by it, kept encrypted beside the secrets, and decrypted at start"
        )
        let sealKeyDays = Setting<Int>(
            "database.seal_key_days", 90, in: 0...3_650,
            "days after which a fresh key is added to those that KMS guards, an hour before it seals; secrets are then sealed anew with it, and those before it still open. 0 for never"
        )
    }
}

enum DatabaseTLS: String, CaseIterable {
    case verifyFull = "verify-full"
    case verifyCA = "verify-ca"
    case require, disable

    var setting: PostgresSettings.TLS {
        switch self {
        case .verifyFull: .verifyFull
        case .verifyCA: .verifyCA
        case .require: .require
        case .disable: .disable
        }
    }
}
