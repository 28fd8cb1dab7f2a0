import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: SealedValueStore {
    public func sealedValues(
        _ kind: SealedValue.Kind, without mark: Data, after last: SealedValue?, limit: Int
    ) async throws(WorkspaceError) -> [SealedValue] {
        try await read { db in
            let behind = last?.id ?? ""
            guard kind != .source else {
                return try db.rows(
                    """
                    SELECT id, secret FROM source WHERE id > ? AND substr(secret, 1, ?) <> ?
                    ORDER BY id LIMIT ?
                    """, behind, mark.count, mark, limit
                ).map {
                    SealedValue(
                        kind: kind, id: $0["id"], owner: StoredSource.owner, name: $0["id"],
                        value: $0["secret"])
                }
            }
            let rows: [Row]
            if kind == .variable {
                let owner = try last.flatMap { try db.ownerID($0.owner) } ?? 0
                rows = try db.rows(
                    """
                    SELECT v.id, o.tenant, o.name AS owner_name, v.name, v.value
                    FROM variable v JOIN owner o ON o.id = v.owner_id
                    WHERE v.is_secret AND (v.owner_id, v.id) > (?, ?) AND substr(v.value, 1, ?) <> ?
                    ORDER BY v.owner_id, v.id LIMIT ?
                    """, owner, behind, mark.count, mark, limit)
            } else {
                let column = kind == .webhook ? "secret" : "previous_secret"
                rows = try db.rows(
                    """
                    SELECT e.id, o.tenant, o.name AS owner_name, e.id AS name, e.\(column) AS value
                    FROM webhook_endpoint e JOIN owner o ON o.id = e.owner_id
                    WHERE e.id > ? AND substr(e.\(column), 1, ?) <> ?
                    ORDER BY e.id LIMIT ?
                    """, behind, mark.count, mark, limit)
            }
            return rows.map { row in
                SealedValue(
                    kind: kind, id: row["id"], owner: Owner(tenant: row["tenant"], name: row["owner_name"]),
                    name: row["name"], value: row["value"])
            }
        }
    }

    public func replace(_ value: SealedValue, with new: Data) async throws(WorkspaceError) -> Bool {
        guard VariableSeal.isSealed(new) else { throw .unsealed(variable: value.name) }
        return try await write { db in
            switch value.kind {
            case .variable:
                guard let owner = try db.ownerID(value.owner) else { return false }
                return try db.changes(
                    """
                    UPDATE variable SET value = ?
                    WHERE owner_id = ? AND id = ? AND is_secret AND value = ?
                    """, new, owner, value.id, value.value) > 0
            case .source:
                return try db.changes(
                    "UPDATE source SET secret = ? WHERE id = ? AND secret = ?", new, value.id, value.value)
                    > 0
            case .webhook, .previousWebhook:
                let column = value.kind == .webhook ? "secret" : "previous_secret"
                return try db.changes(
                    "UPDATE webhook_endpoint SET \(column) = ? WHERE id = ? AND \(column) = ?", new,
                    value.id, value.value) > 0
            }
        }
    }
}
