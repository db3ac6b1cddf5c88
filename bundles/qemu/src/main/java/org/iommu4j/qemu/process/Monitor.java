package org.iommu4j.qemu.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * QEMU's monitor, asked how QEMU has made the machine; QEMU documentation, "QEMU Machine Protocol Specification". One
 * JSON object a line. One thread.
 */
public final class Monitor implements AutoCloseable {
    private static final String PLACE = "/machine/unattached";
    private static final String RETURN = "\"return\"";
    private static final String ERROR = "\"error\"";

    private final SocketChannel channel;
    private final BufferedReader replies;

    /** @param socket where QEMU listens */
    public Monitor(Path socket) {
        try {
            this.channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            this.replies = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            ask("{\"execute\": \"qmp_capabilities\"}");
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "QEMU's monitor does not answer: " + e, e);
        }
    }

    /** The path of the first device of a type among those that belong to the board. @throws IommuException IO */
    public String boardDevice(String type) {
        Pattern entry = Pattern.compile("\"name\": \"(device\\[\\d+\\])\", \"type\": \"child<" + type + ">\"");
        try {
            Matcher found = entry.matcher(
                    ask("{\"execute\": \"qom-list\", \"arguments\": {\"path\": \"" + PLACE + "\"}}"));
            if (!found.find()) {
                throw IommuException.of(Reason.IO, "QEMU's board has no %s", type);
            }
            return PLACE + "/" + found.group(1);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "QEMU's monitor does not answer: " + e, e);
        }
    }

    private String ask(String command) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((command + '\n').getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        for (String line = replies.readLine(); line != null; line = replies.readLine()) {
            if (line.startsWith("{" + RETURN) || line.startsWith("{" + ERROR)) {
                return line;
            }
        }
        throw new IOException("it has ended");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "QEMU's monitor does not close: " + e, e);
        }
    }
}
