import Foundation

extension Settings {
    /// The folder in the data folder in which those of tenants lie.
    static let tenantsFolder = "tenants"

    /// The settings of one tenant's own: everything that documents and what rests on them are kept in is another place
    /// than that of these settings, and nothing that belongs to the default tenant alone is reached.
    func ofTenant(_ name: String) -> Settings {
        let folder = self[\.data].appendingPathComponent(Self.tenantsFolder).appendingPathComponent(name)
        var values = [
            Self.name(\.data): folder.path,
            Self.name(\.tenants): "",
            // A name has hyphens and no underscores, so that no two become one.
            Self.name(\.database.schema): "\(self[\.database.schema])_\(name.replacing("-", with: "_"))",
            Self.name(\.cache.redisPrefix): "\(self[\.cache.redisPrefix]):tenant:\(name)",
        ]
        // In front: whatever is told of the default tenant's indexes by the beginning of their names is told of no other's.
        values[Self.name(\.vectors.openSearchIndex)] = "tenant-\(name)-\(self[\.vectors.openSearchIndex])"
        for path in [\Keys.blobs.s3, \Keys.index.snapshots] {
            guard let place = self[path], !place.isEmpty else { continue }
            let base = place.hasSuffix("/") ? String(place.dropLast()) : place
            values[Self.name(path)] = "\(base)/\(Self.tenantsFolder)/\(name)"
        }
        if let cache = self[\.ingest.pageCache] {
            let place = URL(fileURLWithPath: (cache as NSString).expandingTildeInPath)
            values[Self.name(\.ingest.pageCache)] =
                place.appendingPathComponent(Self.tenantsFolder).appendingPathComponent(name).path
        }
        // What the settings name of documents elsewhere is the default tenant's.
        for key in [
            Self.name(\.confluence.url), Self.name(\.confluence.webhookSecret),
            Self.name(\.answers.sources), Self.name(\.kendra.index), Self.name(\.bedrock.knowledgeBase),
            Self.name(\.flows.databases), Self.name(\.flows.mcpServers), Self.name(\.evaluations.files),
        ] {
            values[key] = ""
        }
        values[Self.name(\.confluence.syncMinutes)] = "0"
        return replacing(values, origin: "tenant \(name)").withOwn(of: name)
    }
}
