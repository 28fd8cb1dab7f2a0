import Foundation

extension Keys {
    struct Backup: Sendable {
        let place = Setting<String?>(
            "backup.to", "where backups lie unless told: a folder, or s3://BUCKET/PREFIX")
        let key = Setting<String?>(
            "backup.key",
            "the passphrase that encrypts them; better given as MILLRACE_BACKUP_KEY than in a file",
            isSecret: true)
    }
}
