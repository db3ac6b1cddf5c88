package org.iommu4j.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real inputs, where they are there, and typed ones, with a few random changes each. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MutationTest {
    private static final Path DATA = Path.of(System.getProperty("iommu4j.data", "../shared/data"));
    private static final int MOST_CHANGES = 6;
    /** More of a text shows nothing new and takes long. */
    private static final int LONGEST = 20_000;

    /** VT-d 8.1, 8.3, 8.4: one unit with a scope, one for all, one region. */
    private static final String DMAR = "444d4152" + "00".repeat(32) + "2600" + "00".repeat(10)
            + "00001800" + "00000000" + "0000d9fe00000000" + "0108000000000200"
            + "00001000" + "01000000" + "0010d9fe00000000"
            + "01002000" + "00000000" + "0000007c00000000" + "ffff7f8000000000" + "0108000000000200";
    /**
     * Arm DEN 0049E.b, 3: an ITS group; an SMMUv3; a root complex with a range and a single id; a region of one stream.
     */
    private static final String IORT = "494f5254" + "00".repeat(32) + "04000000" + "30000000" + "00000000"
            + "00" + "1800" + "01" + "00000000" + "00000000" + "00000000" + "01000000" + "00000000"
            + "04" + "5800" + "04" + "01000000" + "01000000" + "44000000" + "0000050900000000" + "01000000"
            + "00".repeat(16) + "4a0000004b0000004d0000004c000000" + "0000000000000000"
            + "00000000" + "ffff0000" + "00000000" + "30000000" + "00000000"
            + "02" + "4c00" + "03" + "02000000" + "02000000" + "24000000" + "00".repeat(20)
            + "00000000" + "ff000000" + "00000000" + "48000000" + "00000000"
            + "00000000" + "00000000" + "05000000" + "48000000" + "01000000"
            + "06" + "4400" + "03" + "03000000" + "01000000" + "30000000" + "00000000" + "01000000" + "1c000000"
            + "0000008000000000" + "0010000000000000" + "00000000"
            + "00000000" + "00000000" + "05000000" + "48000000" + "01000000";
    private static final String LSPCI = """
            00:1c.0 PCI bridge [0604]: Example Port [8086:a110] (rev f1) (prog-if 00 [Normal decode])
            \tBus: primary=00, secondary=01, subordinate=03, sec-latency=0
            \tCapabilities: [40] Express (v2) Root Port (Slot+), MSI 00
            \tCapabilities: [140 v1] Access Control Services
            \t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd- EgressCtrl- DirectTrans-
            \t\tACSCtl:\tSrcValid- TransBlk- ReqRedir- CmpltRedir- UpstreamFwd- EgressCtrl- DirectTrans-
            01:00.0 Ethernet controller [0200]: Example Card [1234:0001] (rev 03)
            \tCapabilities: [a0] Express (v2) Endpoint, MSI 00
            00: 34 12 01 00 06 00 10 00 07 00 00 02 00 00 80 00
            10: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            """;
    private static final String TRACE = """
                      task-9       [001] .....     1.000000: add_device_to_group: IOMMU: groupID=5 device=0000:00:05.0
                      task-9       [001] .....     1.000001: attach_device_to_domain: IOMMU: device=0000:00:05.0
                      task-9       [001] .....     1.000002: map: IOMMU: iova=0xfff75000 paddr=0x105344000 size=16384
                      task-9       [001] .....     1.000003: unmap: IOMMU: iova=0xfff75000 size=16384 unmapped_size=16384
            """;

    private final long seed = Long.getLong("iommu4j.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void dmarTables() throws IOException {
        play(20_000, inputs("acpi/dmar", HexFormat.of().parseHex(DMAR)), Readers::dmar);
    }

    @Test
    void iortTables() throws IOException {
        play(20_000, inputs("acpi/iort", HexFormat.of().parseHex(IORT)), Readers::iort);
    }

    @Test
    void lspciTexts() throws IOException {
        play(1_000, inputs("lspci", LSPCI.getBytes()), Readers::lspci);
    }

    @Test
    void traces() throws IOException {
        play(2_000, List.of(TRACE.getBytes()), Readers::trace);
    }

    private void play(int rounds, List<byte[]> inputs, Consumer<byte[]> reader) {
        for (int round = 0; round < rounds * Integer.getInteger("iommu4j.scale", 1); round++) {
            byte[] input = mutated(inputs);
            try {
                reader.accept(input);
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                fail("seed " + seed + ", round " + round + ", bytes " + HexFormat.of().formatHex(input), e);
            }
        }
    }

    private byte[] mutated(List<byte[]> inputs) {
        byte[] bytes = inputs.get(random.nextInt(inputs.size())).clone();
        for (int change = 1 + random.nextInt(MOST_CHANGES); change > 0 && bytes.length > 0; change--) {
            int at = random.nextInt(bytes.length);
            int length = random.nextInt(Math.min(64, bytes.length - at) + 1);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = spliced(bytes, at, at + length, new byte[0]);
                default -> bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + between.length);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(bytes, to, spliced, from + between.length, bytes.length - to);
        return spliced;
    }

    private static List<byte[]> inputs(String folder, byte[] typed) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        inputs.add(typed);
        if (Files.isDirectory(DATA.resolve(folder))) {
            try (Stream<Path> files = Files.list(DATA.resolve(folder))) {
                for (Path file : files.sorted().toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    inputs.add(Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST)));
                }
            }
        }
        return inputs;
    }
}
