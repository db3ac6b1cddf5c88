package org.iommu4j.replay.trace;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.iommu4j.replay.trace.TraceException.Fault;

/**
 * Where a trace's text comes from: a file or a resource, plain, gzip or zstd. The compression is told from the first
 * bytes, never from the name. Immutable; each {@link #open()} starts a stream of its own.
 */
public final class TraceSource {

    /** Gives the raw bytes of a trace anew at each call. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens the bytes at their beginning.
         *
         * @throws IOException if they are not there
         */
        InputStream open() throws IOException;
    }

    /** RFC 8878, section 3.1.1: the magic number of a Zstandard frame, little-endian in the file. */
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
    /** RFC 1952, section 2.3.1: ID1 and ID2 of a gzip member. */
    private static final byte[] GZIP_MAGIC = {0x1F, (byte) 0x8B};
    private static final int BUFFER = 1 << 16;

    private final String name;
    private final Opener opener;

    private TraceSource(String name, Opener opener) {
        this.name = name;
        this.opener = opener;
    }

    /** The trace in a file. The file is not touched before {@link #open()}. */
    public static TraceSource of(Path file) {
        return new TraceSource(file.toString(), () -> Files.newInputStream(file));
    }

    /**
     * The trace behind an opener, for example a resource of a bundle.
     *
     * @param name what errors call it
     */
    public static TraceSource of(String name, Opener opener) {
        return new TraceSource(name, opener);
    }

    /** What errors and reports call this trace. */
    public String name() {
        return name;
    }

    /**
     * Opens the decompressed text. Reading it throws {@link TraceException} too, when the compressed data end early
     * or are damaged.
     *
     * @throws TraceException MISSING, EMPTY, TRUNCATED, CORRUPT or UNREADABLE
     */
    public InputStream open() throws TraceException {
        CountedInput raw = openRaw();
        try {
            return decompress(raw);
        } catch (IOException | RuntimeException failure) {
            TraceException known = failed(failure, raw.count());
            try {
                raw.close();
            } catch (IOException closing) {
                known.addSuppressed(closing);
            }
            throw known;
        }
    }

    private CountedInput openRaw() throws TraceException {
        try {
            return new CountedInput(opener.open());
        } catch (NoSuchFileException | FileNotFoundException missing) {
            throw new TraceException(Fault.MISSING, name, "no such file", missing);
        } catch (IOException failure) {
            throw new TraceException(Fault.MISSING, name, "cannot be opened: " + failure, failure);
        }
    }

    private InputStream decompress(CountedInput raw) throws IOException {
        byte[] head = raw.readNBytes(ZSTD_MAGIC.length);
        if (head.length == 0) {
            throw new TraceException(Fault.EMPTY, name, "the file is empty", null);
        }
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), raw);
        if (startsWith(head, ZSTD_MAGIC)) {
            return new NamedInput(new ZstdInputStream(whole), raw);
        }
        if (startsWith(head, GZIP_MAGIC)) {
            return new NamedInput(new GZIPInputStream(whole, BUFFER), raw);
        }
        return new NamedInput(whole, raw);
    }

    private static boolean startsWith(byte[] head, byte[] magic) {
        return head.length >= magic.length
                && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }

    private TraceException failed(Exception failure, long offset) {
        if (failure instanceof TraceException known) {
            return known;
        }
        String place = " at byte " + offset + " of the file";
        // aircompressor reports the missing rest of a frame as a plain IOException with this text.
        boolean ended = failure instanceof EOFException
                || failure.getClass() == IOException.class && "Not enough input bytes".equals(failure.getMessage());
        if (ended) {
            return new TraceException(Fault.TRUNCATED, name, "the compressed data end early," + place, failure);
        }
        if (failure instanceof ZipException || failure instanceof RuntimeException) {
            return new TraceException(Fault.CORRUPT, name,
                    "the compressed data are damaged" + place + ": " + failure.getMessage(), failure);
        }
        return new TraceException(Fault.UNREADABLE, name, "reading failed" + place + ": " + failure, failure);
    }

    /** The text; turns whatever a decompressor throws into an error that names the file and the offset. */
    private final class NamedInput extends InputStream {

        private final InputStream text;
        private final CountedInput raw;

        NamedInput(InputStream text, CountedInput raw) {
            this.text = text;
            this.raw = raw;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return text.read(bytes, offset, length);
            } catch (IOException | RuntimeException e) {
                throw failed(e, raw.count());
            }
        }

        @Override
        public void close() throws IOException {
            text.close();
        }
    }
}
