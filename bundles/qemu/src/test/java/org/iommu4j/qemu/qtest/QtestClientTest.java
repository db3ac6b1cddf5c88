package org.iommu4j.qemu.qtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

/** Lines as the protocol's documentation has them. */
class QtestClientTest {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Test
    void sixteenBytesAreOneCommand() {
        client("OK\n").write(0x1_0000_0010L, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, (byte) 255});
        assertEquals("write 0x100000010 0x10 0x000102030405060708090a0b0c0d0eff\n", sent());
    }

    @Test
    void allBitsOfAnAnswerAreRead() {
        QtestClient client = client("OK 0xfedcba9876543210\nOK 0x00000000ffffffff\n");
        assertEquals(0xfedcba9876543210L, client.read64(0xfed90008L));
        assertEquals(-1, client.read32(0xfed90000L));
        assertEquals("readq 0xfed90008\nreadl 0xfed90000\n", sent());
    }

    @Test
    void interruptLinesAreNoAnswers() {
        assertEquals(7, client("IRQ raise 3\nIRQ lower 3\nOK 0x0000000000000007\n").read32(0));
    }

    @Test
    void whoAskedForThemHearsOfLinesThatAreRaised() {
        QtestClient client = client("IRQ raise 3\nIRQ lower 3\nOK 0x0\nIRQ raise 0\nOK 0x0\n");
        List<Integer> raised = new ArrayList<>();
        client.onRaise(raised::add);
        client.poll();
        client.poll();
        assertEquals(List.of(3, 0), raised);
    }

    @Test
    void whatADeadClientHasAskedForIsSkipped() {
        QtestClient client = client("34\nOK 0x0000000000000007\nOK\nOK little\nOK 0x0000000000000009\n");
        client.synchronize();
        assertEquals(9, client.read32(0));
        assertEquals("endianness\nreadl 0x0\n", sent());
    }

    @Test
    void aRefusedCommandIsAnErrorThatNamesBoth() {
        IommuException refused = assertThrows(IommuException.class, () -> client("FAIL Unknown\n").write32(8, -1));
        assertEquals(Reason.IO, refused.reason());
        assertTrue(refused.getMessage().contains("FAIL Unknown") && refused.getMessage().contains("0xffffffff"),
                refused.getMessage());
    }

    @Test
    void aDeadQemuIsAnErrorWithItsLastWords() {
        IommuException dead = assertThrows(IommuException.class, () -> client("").read64(0));
        assertEquals(Reason.IO, dead.reason());
        assertTrue(dead.getMessage().contains("last words"), dead.getMessage());
    }

    @Test
    void registersRefuseWhatDoesNotFit() {
        QtestRegisters registers = new QtestRegisters(client(""), 0xfed90000L, 0x1000);
        assertEquals(Reason.BAD_ADDRESS, reason(() -> registers.read64(0xffc)));
        assertEquals(Reason.BAD_ADDRESS, reason(() -> registers.read32(0x1000)));
        assertEquals(Reason.BAD_ADDRESS, reason(() -> registers.write32(-4, 0)));
        assertEquals(Reason.BAD_ADDRESS, reason(() -> registers.write64(4, 0)));
        assertEquals(Reason.BAD_ADDRESS, reason(() -> registers.store64Bytes(0, new long[8])));
        assertEquals("", sent());
    }

    private static Reason reason(Runnable call) {
        return assertThrows(IommuException.class, call::run).reason();
    }

    private QtestClient client(String replies) {
        return new QtestClient("board", sent,
                new ByteArrayInputStream(replies.getBytes(StandardCharsets.US_ASCII)), () -> "last words");
    }

    private String sent() {
        return sent.toString(StandardCharsets.US_ASCII);
    }
}
