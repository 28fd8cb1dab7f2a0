/// What a word is written with, as far as it decides which stemmers know it and whether marks are folded.
enum WordScript: Sendable {
    case latin, greek, cyrillic, armenian, hebrew, arabic, devanagari, tamil, other

    /// By block; Swift tells no scalar's script.
    init(of scalar: Unicode.Scalar) {
        self =
            switch scalar.value {
            case 0x41...0x24F, 0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA720...0xA7FF, 0xFB00...0xFB06,
                0xFF21...0xFF5A:
                .latin
            case 0x370...0x3FF, 0x1F00...0x1FFF: .greek
            case 0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: .cyrillic
            case 0x530...0x58F, 0xFB13...0xFB17: .armenian
            case 0x590...0x5FF, 0xFB1D...0xFB4F: .hebrew
            case 0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFC: .arabic
            case 0x900...0x97F: .devanagari
            case 0xB80...0xBFF: .tamil
            default: .other
            }
    }

    /// Whether readers leave its marks away when they type: accents, points, vowels. Elsewhere they are letters.
    var hasOptionalMarks: Bool {
        switch self {
        case .latin, .greek, .cyrillic, .hebrew, .arabic: true
        default: false
        }
    }
}
