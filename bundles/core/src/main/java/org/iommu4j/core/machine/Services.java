package org.iommu4j.core.machine;

import java.util.Map;

/** Where services are published. */
public interface Services {
    /** @return takes it back; called once */
    <T> Runnable register(Class<T> type, T service, Map<String, Object> properties);
}
