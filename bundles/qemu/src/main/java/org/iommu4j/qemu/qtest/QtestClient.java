package org.iommu4j.qemu.qtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Commands to one QEMU, each answered before the next is sent. QEMU handles a command, with all that it starts in an
 * IOMMU or a device, before it answers. Any thread; the streams do not care for interrupts of the calling thread.
 *
 * <p>Every method throws {@link IommuException} with IO when QEMU has died or refuses the command.
 */
public final class QtestClient {
    private static final String OK = "OK";
    /** A question that nobody else asks. */
    private static final String BYTE_ORDER = "endianness";
    private static final String BYTE_ORDER_REPLY = "OK little";
    private static final int MOST_LEFT_OVER = 1000;
    /** Interrupt lines tell of themselves between replies when somebody has asked for it. */
    private static final String EVENT = "IRQ ";
    private static final String RAISED = EVENT + "raise ";

    private final String machine;
    private final OutputStream commands;
    private final BufferedReader replies;
    private final Supplier<String> lastWords;
    private volatile IntConsumer raised = line -> { };

    /**
     * @param machine for messages
     * @param lastWords what QEMU has said on its standard error, for messages
     */
    public QtestClient(String machine, OutputStream commands, InputStream replies, Supplier<String> lastWords) {
        this.machine = machine;
        this.commands = commands;
        this.replies = new BufferedReader(new InputStreamReader(replies, StandardCharsets.US_ASCII));
        this.lastWords = lastWords;
    }

    public int read32(long address) {
        return (int) number("readl " + hex(address));
    }

    public long read64(long address) {
        return number("readq " + hex(address));
    }

    public void write32(long address, int value) {
        run("writel " + hex(address) + ' ' + hex(Integer.toUnsignedLong(value)));
    }

    public void write64(long address, long value) {
        run("writeq " + hex(address) + ' ' + hex(value));
    }

    /** One command for all bytes: nothing in QEMU runs between the first and the last of them. */
    public void write(long address, byte[] bytes) {
        run("write " + hex(address) + ' ' + hex(bytes.length) + " 0x" + HexFormat.of().formatHex(bytes));
    }

    /** Writes to a port of the x86 I/O space. */
    public void out32(int port, int value) {
        run("outl " + hex(port) + ' ' + hex(Integer.toUnsignedLong(value)));
    }

    /**
     * Has QEMU tell of a device's interrupt lines instead of raising them; of one device only.
     *
     * @param device its path in QEMU's tree of objects
     */
    public void intercept(String device) {
        run("irq_intercept_out " + device + " sysbus-irq");
    }

    /** What to call, on the thread of any command, with the number of an intercepted line that has been raised. */
    public void onRaise(IntConsumer action) {
        raised = action;
    }

    /** Skips the replies to what another client has asked before it died. */
    public void synchronize() {
        String reply = ask(BYTE_ORDER);
        for (int skipped = 0; !reply.startsWith(BYTE_ORDER_REPLY); skipped++) {
            if (skipped == MOST_LEFT_OVER) {
                throw refused(BYTE_ORDER, reply);
            }
            reply = next(BYTE_ORDER);
        }
    }

    /** A command that changes nothing, for what comes with its reply. */
    public void poll() {
        read32(0);
    }

    private void run(String command) {
        String reply = ask(command);
        if (!reply.equals(OK)) {
            throw refused(command, reply);
        }
    }

    private long number(String command) {
        String reply = ask(command);
        if (!reply.startsWith(OK + " 0x")) {
            throw refused(command, reply);
        }
        return Long.parseUnsignedLong(reply, OK.length() + 3, reply.length(), 16);
    }

    private synchronized String ask(String command) {
        try {
            commands.write((command + '\n').getBytes(StandardCharsets.US_ASCII));
            commands.flush();
            return next(command);
        } catch (IOException e) {
            throw dead(command, e);
        }
    }

    private synchronized String next(String command) {
        try {
            String reply = replies.readLine();
            while (reply != null && reply.startsWith(EVENT)) {
                event(reply);
                reply = replies.readLine();
            }
            if (reply == null) {
                throw dead(command, null);
            }
            return reply;
        } catch (IOException e) {
            throw dead(command, e);
        }
    }

    private void event(String line) {
        if (line.startsWith(RAISED)) {
            raised.accept(Integer.parseInt(line, RAISED.length(), line.length(), 10));
        }
    }

    private IommuException dead(String command, IOException cause) {
        return new IommuException(Reason.IO, machine + ": QEMU has ended (at " + command + "): " + lastWords.get(),
                cause);
    }

    private IommuException refused(String command, String reply) {
        return IommuException.of(Reason.IO, "%s: QEMU answers '%s' to '%s'", machine, reply, command);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
