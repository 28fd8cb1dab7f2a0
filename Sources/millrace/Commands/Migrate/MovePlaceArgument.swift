import ArgumentParser
import Backends
import Foundation
import Moving

/// A place as the command line names it.
enum MovePlaceArgument: ExpressibleByArgument, Sendable, Equatable {
    /// `nil` for the data folder.
    case folder(String?)
    /// `nil` for the database of the settings.
    case server(Address?)

    /// What a URL says of a server; the settings say the rest.
    struct Address: Sendable, Equatable {
        var host: String
        var port: Int?
        var user: String?
        var database: String?
        var schema: String?
        var tls: DatabaseTLS?
    }

    init?(argument: String) {
        if argument.hasPrefix("sqlite:") {
            let path = String(argument.dropFirst("sqlite:".count))
            self = .folder(path.isEmpty ? nil : path)
        } else if ["postgres:", "postgresql:"].contains(argument) {
            self = .server(nil)
        } else if argument.hasPrefix("postgres://") || argument.hasPrefix("postgresql://"),
            let address = Address(argument)
        {
            self = .server(address)
        } else {
            return nil
        }
    }

    /// The place, with what the settings say of it.
    ///
    /// - Throws: ``ConfigurationError`` when the settings name no server.
    func place(_ services: Services) throws -> MovePlace {
        switch self {
        case .folder(nil): return .folder(services.settings[\.data])
        case .folder(let path?):
            return .folder(URL(fileURLWithPath: (path as NSString).expandingTildeInPath))
        case .server(let address): return .server(try services.postgresSettings(address))
        }
    }
}

extension MovePlaceArgument.Address {
    /// - Returns: `nil` for what is no such URL. One with a password is none: others see the command line.
    init?(_ text: String) {
        guard let url = URLComponents(string: text), url.password == nil, url.fragment == nil else {
            return nil
        }
        var host = url.host ?? ""
        var schema: String?
        var tls: DatabaseTLS?
        for item in url.queryItems ?? [] {
            guard let value = item.value, !value.isEmpty else { return nil }
            switch item.name {
            // The folder of a socket stands in no other place of a URL.
            case "host": host = value
            case "schema": schema = value
            case "tls", "sslmode":
                guard let mode = DatabaseTLS(rawValue: value) else { return nil }
                tls = mode
            default: return nil
            }
        }
        guard !host.isEmpty else { return nil }
        let database = String(url.path.drop { $0 == "/" })
        self.init(
            host: host, port: url.port, user: url.user, database: database.isEmpty ? nil : database,
            schema: schema, tls: tls)
    }
}

extension Services {
    /// Where the server is: what `address` says goes before what the settings say.
    fileprivate func postgresSettings(_ address: MovePlaceArgument.Address?) throws -> PostgresSettings {
        guard let address else { return try postgresPool().settings }
        // A password that is fetched for one host, as a token of AWS is, is of use at that host alone.
        let settings = settings
        var found = PostgresSettings(
            host: address.host, port: address.port ?? settings[\.database.port],
            database: address.database ?? settings[\.database.name],
            user: address.user ?? settings[\.database.user],
            password: { settings[\.database.password] },
            tls: (address.tls ?? settings[\.database.tls]).setting,
            rootCertificate: settings[\.database.rootCertificate],
            schema: address.schema ?? settings[\.database.schema],
            keepsStatements: settings[\.database.keepsStatements])
        if settings[\.database.signsIn] { signIn(&found) }
        return found
    }
}
