package org.iommu4j.core.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

/** Configuration space that no hardware should have. Offsets: PCI Express Base 6.0, 7.5.1, 7.5.3, 7.6.3. */
class MalformedSpaceTest {
    private final Board board = new Board();
    private final Board.Space space = board.add("00:1c.0");

    private void refused(String message) {
        IommuException refusal = assertThrows(IommuException.class, board::topology);
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertEquals("0000:00:1c.0: " + message, refusal.getMessage());
    }

    @Test
    void aCapabilityListThatReturnsToItself() {
        space.put(0x06, 0x10).put(0x34, 0x40).put(0x40, 0x05, 0x50).put(0x50, 0x01, 0x40);
        refused("configuration space at offset 0x51 points back to capability 0x40, the list never ends");
    }

    @Test
    void aCapabilityInsideTheHeader() {
        space.put(0x06, 0x10).put(0x34, 0x20);
        refused("configuration space at offset 0x34 points to capability 0x20, outside of 0x40-0xff");
    }

    @Test
    void anExtendedListThatReturnsToItself() {
        space.pcie(Board.ROOT_PORT).bridge(0, 1, 1).put(0x100, 0x01, 0x00, 0x01, 0x14)
                .put(0x140, 0x03, 0x00, 0x01, 0x10);
        refused("configuration space at offset 0x140 points back to capability 0x100, the list never ends");
    }

    @Test
    void anExtendedCapabilityInsideTheFirst256Bytes() {
        space.pcie(Board.ROOT_PORT).bridge(0, 1, 1).put(0x100, 0x01, 0x00, 0x01, 0x08);
        refused("configuration space at offset 0x100 points to capability 0x80, outside of 0x100-0xfff");
    }

    @Test
    void anAcsCapabilityThatEndsBeyondTheSpace() {
        space.pcie(Board.ROOT_PORT).bridge(0, 1, 1).put(0x100, 0x01, 0x00, 0xC1, 0xFF)
                .put(0xFFC, 0x0D, 0x00, 0x01, 0x00);
        refused("configuration space at offset 0x1000 lies outside of its 4096 bytes");
    }

    @Test
    void aReservedPortType() {
        space.pcie(15);
        refused("configuration space at offset 0x42 holds reserved port type 15");
    }

    @Test
    void anUnknownHeaderType() {
        space.put(0x0E, 0x03);
        refused("configuration space at offset 0xe holds header type 3, limit is 2");
    }

    @Test
    void nobodyAtTheAddress() {
        space.vendor(0xFF, 0xFF);
        refused("configuration space at offset 0x0 holds vendor 0xffff: there is no function");
    }

    @Test
    void aBridgeThatLeadsUpwards() {
        Board.Space bridge = board.add("03:00.0").bridge(3, 3, 4);
        IommuException refusal = assertThrows(IommuException.class, board::topology);
        assertEquals(bridge.address() + ": configuration space at offset 0x19 holds secondary bus 0x03, "
                + "not above its own 0x03", refusal.getMessage());
    }

    @Test
    void aBridgeWhoseLastBusIsBelowItsFirst() {
        space.bridge(0, 5, 4);
        refused("configuration space at offset 0x1a holds subordinate bus 0x04, below secondary 0x05");
    }

    @Test
    void aLengthThatIsNeither() {
        space.length(64);
        refused("configuration space at offset 0x0 has 64 bytes, must have 256 or 4096");
    }

    @Test
    void oneAddressTwice() {
        board.add("00:1c.0");
        refused("the machine has two functions of this address");
    }

    @Test
    void oneBusBehindTwoBridges() {
        board.add("00:1b.0").bridge(0, 1, 1);
        space.bridge(0, 1, 1);
        board.functions().add(board.functions().remove(0));
        refused("configuration space at offset 0x19 holds secondary bus 0x01, which 0000:00:1b.0 has already");
    }

    @Test
    void aShortSpaceHasNoExtendedCapabilities() {
        space.pcie(Board.ROOT_PORT).bridge(0, 1, 1).length(256);
        assertEquals(1, board.topology().groups().size());
    }
}
