package org.iommu4j.replay.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.iommu4j.replay.trace.TraceException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceSourceTest {

    private static final byte[] TEXT = text();

    @TempDir
    private Path folder;

    private static byte[] text() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("line ").append(random.nextLong()).append('\n');
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static byte[] gzip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text);
        }
        return bytes.toByteArray();
    }

    private static byte[] zstd(byte[] text) {
        ZstdCompressor compressor = new ZstdCompressor();
        byte[] room = new byte[compressor.maxCompressedLength(text.length)];
        return Arrays.copyOf(room, compressor.compress(text, 0, text.length, room, 0, room.length));
    }

    private byte[] read(byte[] file) throws IOException {
        // The name lies on purpose: only the bytes count.
        Path path = Files.write(folder.resolve("trace.txt"), file);
        try (InputStream in = TraceSource.of(path).open()) {
            return in.readAllBytes();
        }
    }

    private TraceException refusal(byte[] file) {
        return assertThrows(TraceException.class, () -> read(file));
    }

    @Test
    void plainGzipAndZstdGiveTheSameText() throws IOException {
        assertArrayEquals(TEXT, read(TEXT));
        assertArrayEquals(TEXT, read(gzip(TEXT)));
        assertArrayEquals(TEXT, read(zstd(TEXT)));
    }

    @Test
    void aFileShorterThanAMagicNumberIsPlainText() throws IOException {
        assertArrayEquals(new byte[] {'a', '\n'}, read(new byte[] {'a', '\n'}));
    }

    @Test
    void aMissingFileIsNamed() {
        Path path = folder.resolve("nowhere.zst");
        TraceException refused = assertThrows(TraceException.class, () -> TraceSource.of(path).open());
        assertEquals(Fault.MISSING, refused.fault());
        assertTrue(refused.getMessage().contains(path.toString()), refused.getMessage());
    }

    @Test
    void anEmptyFileIsEmpty() {
        assertEquals(Fault.EMPTY, refusal(new byte[0]).fault());
    }

    @Test
    void aFolderCannotBeRead() {
        TraceException refused = assertThrows(TraceException.class, () -> TraceSource.of(folder).open());
        assertEquals(Fault.UNREADABLE, refused.fault());
    }

    @Test
    void compressedDataCutAnywhereAreTruncatedAndTheOffsetIsTold() throws IOException {
        for (byte[] whole : new byte[][] {gzip(TEXT), zstd(TEXT)}) {
            for (int length : new int[] {5, 20, whole.length / 2, whole.length - 1}) {
                TraceException refused = refusal(Arrays.copyOf(whole, length));
                assertEquals(Fault.TRUNCATED, refused.fault(), refused.getMessage());
                assertTrue(refused.getMessage().contains("byte " + length + " of the file"), refused.getMessage());
            }
        }
    }

    @Test
    void aDamagedStretchOfCompressedDataIsRefused() throws IOException {
        for (byte[] whole : new byte[][] {gzip(TEXT), zstd(TEXT)}) {
            for (int place = whole.length / 4; place < whole.length - 64; place += whole.length / 8) {
                byte[] damaged = whole.clone();
                Arrays.fill(damaged, place, place + 64, (byte) 0xFF);
                Fault fault = refusal(damaged).fault();
                assertTrue(fault == Fault.CORRUPT || fault == Fault.TRUNCATED, fault + " at " + place);
            }
        }
    }

    @Test
    void anEmptyTextInsideACompressionIsEmpty() {
        TraceSource source = TraceSource.of("none.gz", () -> new ByteArrayInputStream(gzip(new byte[0])));
        TraceReader reader = new TraceReader(source, new RecordedEvents());
        assertEquals(Fault.EMPTY, assertThrows(TraceException.class, reader::read).fault());
    }

    @Test
    void aWindowThatNoMachineHasIsDamage() throws IOException {
        // Zstandard, RFC 8878, 3.1.1.1: magic, a descriptor of a single segment with a content size of 64 bits
        byte[] frame = HexFormat.of().parseHex("28b52ffde0375b355dfa200a0a030a28ff0a0a0e0a0a0f0a4a");
        TraceException damage = assertThrows(TraceException.class, () -> {
            try (InputStream text = TraceSource.of("huge", () -> new ByteArrayInputStream(frame)).open()) {
                text.readAllBytes();
            }
        });
        assertEquals(Fault.CORRUPT, damage.fault());
    }
}
