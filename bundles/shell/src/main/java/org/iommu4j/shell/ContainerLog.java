package org.iommu4j.shell;

import java.util.Collections;
import java.util.List;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the container itself complains of, for example of a bundle or a component that does not start, into the
 * log that everybody reads. Warnings and errors only. Any thread.
 */
@Component(immediate = true, service = {})
public final class ContainerLog implements LogListener {
    private final LogReaderService reader;

    @Activate
    public ContainerLog(@Reference(policy = ReferencePolicy.STATIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MANDATORY) LogReaderService reader) {
        this.reader = reader;
        List<LogEntry> earlier = Collections.list(reader.getLog());
        Collections.reverse(earlier);
        earlier.forEach(this::logged);
        reader.addLogListener(this);
    }

    @Deactivate
    void deactivate() {
        reader.removeLogListener(this);
    }

    @Override
    public void logged(LogEntry entry) {
        Logger log = LoggerFactory.getLogger(entry.getBundle().getSymbolicName());
        if (entry.getLogLevel() == LogLevel.ERROR) {
            log.error("{}", text(entry));
        } else if (entry.getLogLevel() == LogLevel.WARN) {
            log.warn("{}", text(entry));
        }
    }

    /** One line: the stack of a container's own code tells a reader nothing. */
    private static String text(LogEntry entry) {
        StringBuilder text = new StringBuilder(entry.getMessage().strip());
        ServiceReference<?> service = entry.getServiceReference();
        if (service != null) {
            text.append(", ").append(service);
        }
        for (Throwable cause = entry.getException(); cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause.getMessage());
        }
        return text.toString();
    }
}
