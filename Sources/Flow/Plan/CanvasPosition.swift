/// Where an editor draws a component: its upper left corner in points, x to the right and y downwards.
public struct CanvasPosition: Sendable, Hashable, Codable {
    public var x: Double
    public var y: Double

    /// How far from the origin a component may lie.
    public static let limit = 1_000_000.0

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// The nearest place on the canvas to one that may lie off it.
    public init(nearX x: Double, y: Double) {
        self.x = min(max(x, -Self.limit), Self.limit)
        self.y = min(max(y, -Self.limit), Self.limit)
    }

    private enum CodingKeys: String, CodingKey {
        case x, y
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func coordinate(_ key: CodingKeys) throws -> Double {
            let value = try container.decode(Double.self, forKey: key)
            guard value.magnitude <= Self.limit else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(value) lies off the canvas, which ends at \(Self.limit)")
            }
            return value
        }
        x = try coordinate(.x)
        y = try coordinate(.y)
    }
}
