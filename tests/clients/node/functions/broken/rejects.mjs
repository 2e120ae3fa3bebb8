await Promise.reject(new Error('awaited while loading'));
