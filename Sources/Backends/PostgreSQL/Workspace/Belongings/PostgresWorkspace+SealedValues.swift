import Foundation
import Workspace

extension PostgresWorkspace: SealedValueStore {
    public func sealedValues(
        _ kind: SealedValue.Kind, without mark: Data, after last: SealedValue?, limit: Int
    ) async throws(WorkspaceError) -> [SealedValue] {
        try await read { db in
            let behind = PostgresValue.text(last?.id ?? "")
            guard kind != .source else {
                return try db.query(
                    """
                    SELECT id, secret FROM source WHERE id > $1 AND substr(secret, 1, \(mark.count)) <> $2
                    ORDER BY id LIMIT $3
                    """, [behind, .bytes(mark), .count(limit)]
                ).rows.map {
                    let id = try $0.text(0)
                    return SealedValue(
                        kind: kind, id: id, owner: StoredSource.owner, name: id, value: try $0.bytes(1))
                }
            }
            let values: PostgresResult
            if kind == .variable {
                let owner = try last.flatMap { try db.ownerID($0.owner) } ?? 0
                values = try db.query(
                    """
                    SELECT v.id, o.tenant, o.name, v.name, v.value
                    FROM variable v JOIN owner o ON o.id = v.owner_id
                    WHERE v.is_secret AND (v.owner_id, v.id) > ($1, $2)
                        AND substr(v.value, 1, \(mark.count)) <> $3
                    ORDER BY v.owner_id, v.id LIMIT $4
                    """, [.int(owner), behind, .bytes(mark), .count(limit)])
            } else {
                let column = kind == .webhook ? "secret" : "previous_secret"
                values = try db.query(
                    """
                    SELECT e.id, o.tenant, o.name, e.id, e.\(column)
                    FROM webhook_endpoint e JOIN owner o ON o.id = e.owner_id
                    WHERE e.id > $1 AND substr(e.\(column), 1, \(mark.count)) <> $2
                    ORDER BY e.id LIMIT $3
                    """, [behind, .bytes(mark), .count(limit)])
            }
            return try values.rows.map { row in
                SealedValue(
                    kind: kind, id: try row.text(0),
                    owner: Owner(tenant: try row.text(1), name: try row.text(2)), name: try row.text(3),
                    value: try row.bytes(4))
            }
        }
    }

    public func replace(_ value: SealedValue, with new: Data) async throws(WorkspaceError) -> Bool {
        guard VariableSeal.isSealed(new) else { throw .unsealed(variable: value.name) }
        return try await write { db in
            let places: [PostgresValue] = [.text(value.id), .bytes(new), .bytes(value.value)]
            switch value.kind {
            case .variable:
                guard let owner = try db.ownerID(value.owner) else { return false }
                return try db.query(
                    """
                    UPDATE variable SET value = $2
                    WHERE owner_id = $4 AND id = $1 AND is_secret AND value = $3
                    """, places + [.int(owner)]
                ).changed > 0
            case .source:
                return try db.query("UPDATE source SET secret = $2 WHERE id = $1 AND secret = $3", places)
                    .changed > 0
            case .webhook, .previousWebhook:
                let column = value.kind == .webhook ? "secret" : "previous_secret"
                return try db.query(
                    "UPDATE webhook_endpoint SET \(column) = $2 WHERE id = $1 AND \(column) = $3", places
                ).changed > 0
            }
        }
    }
}
