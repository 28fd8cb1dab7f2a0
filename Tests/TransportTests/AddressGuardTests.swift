import Testing
import Transport

@Suite struct `The guard of addresses` {
    private func allows(_ address: String, _ addresses: AddressGuard = AddressGuard()) throws -> Bool {
        addresses.allows(try #require(IPAddress(address), "\(address)"))
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "100.100.100.200",
        "127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255",
        "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "168.63.129.16", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
    ])
    func `refuses what is not of the public internet, in every form that carries it`(address: String) throws {
        #expect(try !allows(address))
        let bytes = try #require(IPAddress(address)).bytes
        let parts = (UInt16(bytes[0]) << 8 | UInt16(bytes[1]), UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        let (high, low) = (String(parts.0, radix: 16), String(parts.1, radix: 16))
        for form in [
            "::ffff:\(address)", "::\(address)", "64:ff9b::\(high):\(low)", "64:ff9b:1::\(high):\(low)",
            "2002:\(high):\(low)::1", "2001:0:4136:e378:8000:63bf:\(high):\(low)",
        ] {
            #expect(try !allows(form), "\(form)")
        }
    }

    @Test(arguments: [
        "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "ff02::1",
        "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002::1", "3fff::1",
        "4000::1", "5f00::1", "64:ff9b:1::808:808", "::8.8.8.8",
    ])
    func `refuses what is not global unicast`(address: String) throws {
        #expect(try !allows(address))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.17", "2606:4700::1111",
        "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ])
    func `lets the public internet pass`(address: String) throws {
        #expect(try allows(address))
    }

    @Test func `the longest range decides, and of equal ones the denied`() throws {
        let addresses = AddressGuard(
            allowing: [try AddressRange("10.1.0.0/16"), try AddressRange("8.8.8.0/24")],
            denying: [try AddressRange("10.1.2.0/24"), try AddressRange("8.8.8.0/24")])
        #expect(try allows("10.1.3.4", addresses))
        #expect(try !allows("10.1.2.4", addresses))
        #expect(try !allows("10.2.0.1", addresses))
        #expect(try !allows("8.8.8.8", addresses))
        #expect(try allows("::ffff:10.1.3.4", addresses))
    }

    private static let metadata = [
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.1", "169.254.255.255",
        "100.100.100.200", "192.0.0.192", "168.63.129.16",
    ]

    /// What the settings may allow at most: everything, every range by itself, and the very address.
    private func widest(_ address: String) throws -> AddressGuard {
        AddressGuard(
            allowing: try [
                "0.0.0.0/0", "::/0", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10",
                "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", address,
            ].map { try AddressRange($0) })
    }

    @Test(arguments: metadata)
    func `no setting opens an address where a cloud hands out credentials, in any form`(address: String)
        throws
    {
        let bytes = try #require(IPAddress(address)).bytes.map { UInt16($0) }
        func hex(_ high: UInt16, _ low: UInt16) -> String { String(high << 8 | low, radix: 16) }
        let (high, low) = (hex(bytes[0], bytes[1]), hex(bytes[2], bytes[3]))
        let turned = (hex(bytes[0] ^ 0xFF, bytes[1] ^ 0xFF), hex(bytes[2] ^ 0xFF, bytes[3] ^ 0xFF))
        for form in [
            address, "::ffff:\(address)", "::\(high):\(low)", "64:ff9b::\(high):\(low)",
            "64:ff9b:1::\(high):\(low)", "2002:\(high):\(low)::1",
            "2001:0:808:808:8000:63bf:\(turned.0):\(turned.1)",
            // Local-use NAT64 of 48, 56 and 64 bits.
            "64:ff9b:1:\(high):\(hex(0, bytes[2])):\(hex(bytes[3], 0))::",
            "64:ff9b:1:\(hex(0, bytes[0])):\(hex(0, bytes[1])):\(low)::",
            "64:ff9b:1:0:\(hex(0, bytes[0])):\(hex(bytes[1], bytes[2])):\(hex(bytes[3], 0)):0",
        ] {
            #expect(try !allows(form, widest(form)), "\(form)")
        }
    }

    @Test(arguments: [
        "fe80::1", "fe80::a9fe:a9fe", "febf::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254",
    ])
    func `no setting opens link-local addresses of IPv6 or a cloud's own`(address: String) throws {
        #expect(try !allows(address, widest(address)))
    }

    @Test func `what is allowed besides is reached`() throws {
        for address in [
            "100.100.100.201", "192.0.0.193", "fd00:1::1", "fd20:ce::255", "127.0.0.1", "::1", "10.1.2.3",
        ] {
            #expect(try allows(address, widest(address)), "\(address)")
        }
        // Of a translated address both halves are to be allowed.
        let translated = "64:ff9b::a01:203"
        #expect(try !allows(translated, widest(translated)))
        #expect(try allows(translated, AddressGuard(allowing: [AddressRange("10.0.0.0/8")])))
    }
}

@Suite struct `Addresses and their ranges` {
    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("::/0", "::/0"), ("FD00::/8", "fd00::/8"),
        ("::1", "::1/128"), ("0.0.0.0/0", "0.0.0.0/0"), ("10.1.2.128/25", "10.1.2.128/25"),
    ])
    func `a range is written as it is read`(text: String, written: String) throws {
        #expect(try AddressRange(text).description == written)
    }

    @Test(arguments: [
        ("", AddressRange.Fault.noAddress("")), ("/8", .noAddress("/8")),
        ("10.0.0.0/", .wrongLength("10.0.0.0/", limit: 32)),
        ("10.0.0.0/33", .wrongLength("10.0.0.0/33", limit: 32)),
        ("10.0.0.0/-1", .wrongLength("10.0.0.0/-1", limit: 32)),
        ("10.0.0.0/+8", .wrongLength("10.0.0.0/+8", limit: 32)),
        ("::/129", .wrongLength("::/129", limit: 128)),
        ("10.0.0.1/8", .notTheFirst("10.0.0.1/8", prefixLength: 8)),
        ("127.1/8", .noAddress("127.1/8")), ("0177.0.0.1", .noAddress("0177.0.0.1")),
        ("example.com", .noAddress("example.com")), ("[::1]", .noAddress("[::1]")),
        ("fe80::1%eth0", .noAddress("fe80::1%eth0")),
    ])
    func `what is no range is refused with its reason`(text: String, fault: AddressRange.Fault) {
        #expect(throws: fault) { try AddressRange(text) }
        #expect(!fault.description.isEmpty)
    }

    @Test func `a range ends where its prefix ends`() throws {
        let range = try AddressRange("10.1.2.128/25")
        for (address, isWithin) in [
            ("10.1.2.127", false), ("10.1.2.128", true), ("10.1.2.255", true), ("10.1.3.0", false),
            ("::", false),
        ] {
            #expect(range.contains(try #require(IPAddress(address))) == isWithin, "\(address)")
        }
    }

    @Test func `an address has 4 or 16 bytes`() {
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(IPAddress(bytes: [] as [UInt8]) == nil)
        #expect(IPAddress(bytes: [1, 2, 3, 4])?.description == "1.2.3.4")
        #expect(IPAddress(bytes: Array(repeating: 0, count: 16))?.description == "::")
    }
}
