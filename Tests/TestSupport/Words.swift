/// `count` words of one token each, `wa0 wa1 …`.
public func words(_ count: Int, _ prefix: String = "w") -> String {
    (0..<count).map { "\(prefix)\($0 % 100)" }.joined(separator: " ")
}
