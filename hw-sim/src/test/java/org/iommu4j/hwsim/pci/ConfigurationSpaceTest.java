package org.iommu4j.hwsim.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.hwsim.machine.TestBench;
import org.iommu4j.hwsim.machine.TestModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Expected dwords are typed from the specifications; sections are of PCI Express Base 5.0 where none is named. */
class ConfigurationSpaceTest {
    private TestBench bench;

    @BeforeEach
    void powerOn() {
        bench = new TestBench(TestModel.IDENTITY, 1,
                "{\"address\": \"00:02.0\", \"kind\": \"edu\", \"type\": \"rciep\"}",
                "{\"address\": \"00:03.0\", \"kind\": \"none\", \"type\": \"pci\", \"vendor\": \"0x8086\","
                        + "\"device\": \"0x1237\", \"class\": \"0x060000\"}",
                "{\"address\": \"00:1c.0\", \"kind\": \"bridge\", \"type\": \"rootport\", \"secondary\": 1,"
                        + "\"subordinate\": 2, \"multifunction\": true,"
                        + "\"acs\": {\"capability\": \"0x1f\", \"control\": \"0x11\"}}",
                "{\"address\": \"00:1c.1\", \"kind\": \"bridge\", \"type\": \"rootport\", \"secondary\": 3,"
                        + "\"subordinate\": 3}",
                "{\"address\": \"01:00.0\", \"kind\": \"bridge\", \"type\": \"pcie-to-pci\", \"secondary\": 2,"
                        + "\"subordinate\": 2}",
                "{\"address\": \"02:01.0\", \"kind\": \"edu\", \"type\": \"pci\"}",
                "{\"address\": \"02:02.0\", \"kind\": \"dmagen\", \"type\": \"pci\", \"channels\": 2}");
    }

    @AfterEach
    void powerOff() {
        bench.close();
    }

    @Test
    void anEndpointShowsTheCommonHeader() {
        PciFunction edu = bench.function("00:02.0");
        assertEquals(4096, edu.configurationLength());
        assertEquals(0x11e81234, edu.readConfiguration(0x00), "7.5.1.1.1: device id, vendor id");
        assertEquals(0x00100002, edu.readConfiguration(0x04), "7.5.1.1.4: capabilities list; memory enabled");
        assertEquals(0x00ff0010, edu.readConfiguration(0x08), "7.5.1.1.5: class, revision 10");
        assertEquals(0x00000000, edu.readConfiguration(0x0c), "7.5.1.1.9: layout 0, one function");
        assertEquals(0x00000040, edu.readConfiguration(0x34), "7.5.1.1.11: first capability");
        assertEquals(0x00000100, edu.readConfiguration(0x3c), "7.5.1.1.13: INTA");
    }

    @Test
    void capabilitiesFormAListThatEndsWithZero() {
        PciFunction edu = bench.function("00:02.0");
        assertEquals(0x00806005, edu.readConfiguration(0x40), "7.7.1.1: MSI, next 60, 64-bit addresses");
        assertEquals(0x00920010, edu.readConfiguration(0x60), "7.5.3.2: PCI Express, last, version 2, type 9");
        assertEquals(0x00008000, edu.readConfiguration(0x64), "7.5.3.3: role-based error reporting");
        assertEquals(0, edu.readConfiguration(0x6c), "7.5.3.6: an integrated endpoint has no link");
        assertEquals(0, edu.readConfiguration(0x100), "7.6.3: no extended capability");
    }

    @Test
    void aConventionalFunctionHas256BytesAndNoExpressCapability() {
        PciFunction host = bench.function("00:03.0");
        assertEquals(256, host.configurationLength());
        assertEquals(0x12378086, host.readConfiguration(0x00));
        assertEquals(0x00000000, host.readConfiguration(0x04));
        assertEquals(0x06000000, host.readConfiguration(0x08));
        assertEquals(0x00000000, host.readConfiguration(0x34));
        assertEquals(Reason.BAD_ADDRESS,
                assertThrows(IommuException.class, () -> host.readConfiguration(0x100)).reason());
        assertEquals(0x00800005, bench.function("02:01.0").readConfiguration(0x40), "MSI is the only capability");
    }

    @Test
    void aRootPortShowsItsBusesAndItsType() {
        PciFunction port = bench.function("00:1c.0");
        assertEquals(0x06040000, port.readConfiguration(0x08), "PCI-to-PCI bridge 1.2, 3.2.4.7: class 0604");
        assertEquals(0x00810000, port.readConfiguration(0x0c), "7.5.1.1.9: layout 1, multifunction");
        assertEquals(0x00020100, port.readConfiguration(0x18), "7.5.1.3.2: buses 0, 1 to 2");
        assertEquals(0x00420010, port.readConfiguration(0x60), "7.5.3.2: version 2, type 4");
        assertEquals(0x00000011, port.readConfiguration(0x6c), "7.5.3.6: 2.5 GT/s, one lane");
        assertEquals(0x00110000, port.readConfiguration(0x70), "7.5.3.8: the link is up");
        assertEquals(0x00720010, bench.function("01:00.0").readConfiguration(0x60), "7.5.3.2: type 7");
        port.writeConfiguration(0x18, 0x00ffffff);
        assertEquals(0x00020100, port.readConfiguration(0x18), "bus numbers stay as firmware left them");
    }

    @Test
    void bridgesForwardTheRegistersBelowThem() {
        // the functions on bus 2 have the second and third MiB of the window
        assertEquals(0xe0100000, bench.function("02:01.0").readConfiguration(0x10));
        assertEquals(0xe0200004, bench.function("02:02.0").readConfiguration(0x10), "7.5.1.2.1: 64-bit memory");
        assertEquals(0xe020e010, bench.function("00:1c.0").readConfiguration(0x20), "7.5.1.3.8: limit, base");
        assertEquals(0xe020e010, bench.function("01:00.0").readConfiguration(0x20));
        assertEquals(0x0000fff0, bench.function("00:1c.1").readConfiguration(0x20), "closed: base above limit");
    }

    @Test
    void accessControlServicesAreAnExtendedCapability() {
        PciFunction port = bench.function("00:1c.0");
        assertEquals(0x0001000d, port.readConfiguration(0x100), "7.7.8.1: id 000d, version 1, last");
        assertEquals(0x0011001f, port.readConfiguration(0x104), "7.7.8.2, 7.7.8.3: control, capability");
        port.writeConfiguration(0x104, 0xffffffff);
        assertEquals(0x001f001f, port.readConfiguration(0x104), "only what is implemented can be turned on");
        port.writeConfiguration(0x104, 0);
        assertEquals(0x0000001f, port.readConfiguration(0x104));
    }

    @Test
    void writingOnesSizesABaseAddressRegister() {
        PciFunction edu = bench.function("00:02.0");
        assertEquals(0xe0000000, edu.readConfiguration(0x10));
        edu.writeConfiguration(0x10, -1);
        assertEquals(0xfff00000, edu.readConfiguration(0x10), "PCI 3.0, 6.2.5.1: 1 MiB");
        edu.writeConfiguration(0x10, 0xd0000000);
        assertEquals(0xd0000000, edu.readConfiguration(0x10));
        assertEquals(0x010000ed, edu.bar(0).read32(0));
        PciFunction generator = bench.function("02:02.0");
        generator.writeConfiguration(0x10, -1);
        generator.writeConfiguration(0x14, -1);
        assertEquals(0xfff00004, generator.readConfiguration(0x10));
        assertEquals(0xffffffff, generator.readConfiguration(0x14));
        generator.writeConfiguration(0x18, -1);
        assertEquals(0, generator.readConfiguration(0x18), "PCI 3.0, 6.2.5.1: not implemented");
        assertEquals(Reason.NO_DEVICE, assertThrows(IommuException.class, () -> edu.bar(1)).reason());
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> bench.function("00:1c.0").bar(0)).reason());
    }

    @Test
    void readOnlyBitsStayAndWritableOnesMove() {
        PciFunction edu = bench.function("00:02.0");
        edu.writeConfiguration(0x00, -1);
        edu.writeConfiguration(0x04, -1);
        assertEquals(0x11e81234, edu.readConfiguration(0x00));
        assertEquals(0x00100547, edu.readConfiguration(0x04), "7.5.1.1.3: I/O, memory, master, parity, SERR, INTx");
        edu.writeConfiguration(0x40, -1);
        edu.writeConfiguration(0x44, -1);
        edu.writeConfiguration(0x4c, -1);
        assertEquals(0x00f16005, edu.readConfiguration(0x40), "7.7.1.2: enable, vectors enabled");
        assertEquals(0xfffffffc, edu.readConfiguration(0x44), "7.7.1.3: bits 1:0 are reserved");
        assertEquals(0x0000ffff, edu.readConfiguration(0x4c), "7.7.1.5");
        assertThrows(IommuException.class, () -> edu.readConfiguration(0x41));
        assertThrows(IommuException.class, () -> edu.writeConfiguration(-4, 0));
    }
}
