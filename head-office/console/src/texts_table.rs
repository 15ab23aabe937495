const TEXTS: [(&str, [&str; 4]); 0] = [];
